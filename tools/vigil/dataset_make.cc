#include "tools/vigil/dataset_make.h"

#include <cstdio>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/description_source.h"
#include "estimator/data/prepared.h"
#include "tools/vigil/progress.h"

namespace vigil {

void MakeDataset(const DatasetMaking& making) {
  const DatasetDescription description = ReadDescription(making.description);
  const DescribedDataset opened = OpenDescribed(description, making.root);
  for (const SkippedSample& skipped : opened.skipped)
    std::fprintf(stderr, "left out: %s\n", skipped.reason.c_str());
  if (!opened.labelled) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("data set '", making.root, "': no labels.csv, and a prepared set has labels"));
  }
  {
    Progress progress("preparing");
    const double all = static_cast<double>(opened.data->size());
    WritePrepared(making.output, *opened.data, description, making.threads, [&](std::int64_t done) {
      progress.Update(static_cast<double>(done) / all, Text(done, " images"));
    });
  }
  std::printf("%s\n  %lld images of side %d, %.1f MiB, in %s\n", opened.data->name().c_str(),
              static_cast<long long>(opened.data->size()), opened.data->options().side,
              static_cast<double>(std::filesystem::file_size(making.output)) / (1 << 20),
              making.output.c_str());
}

}  // namespace vigil
