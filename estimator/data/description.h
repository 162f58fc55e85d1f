// What a data set is made of, as a small JSON file from which it can be made again.
#ifndef VIGIL_ESTIMATOR_DATA_DESCRIPTION_H_
#define VIGIL_ESTIMATOR_DATA_DESCRIPTION_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/data/augment/augmented.h"

namespace vigil {

// The keys of the file, with their defaults; only "source" must be there. Which folder a source is
// read from is no part of it, so that a description travels.
struct DatasetDescription {
  std::string source;                // heads, cifar10, headpose, xgaze or images
  std::string task = "directness";   // of images: directness or cifar10; the others have one
  std::string directness = "angle";  // rule of the label: angle or printed (SOURCES.md P2)
  // Of cifar10: target (batches 1-3), estimator (4), validate (5), test, all (1-5). Of headpose:
  // train, validate, test, all, by `fold`. The other sources have but all.
  std::string split = "all";
  int fold = 5;                   // of headpose, 1 to 5; 5 is the split for a single figure
  std::vector<int> batches;       // of cifar10, instead of the split's
  std::vector<int> persons;       // of headpose and xgaze, instead of the split's
  std::string note;               // qualifies the source's name: "JPEG q75"
  std::uint64_t seed = 1;         // of what is rendered, chosen and drawn
  std::int64_t count = 0;         // so many samples, chosen by the seed; 0: all, of heads 1,000
  std::string variant = "clean";  // clean, 1-cause or 2-cause
  std::string severity = "moderate";
  // Instead of the severity's: shift, zoom, blur_length, brightness, contrast, occluder_scale and
  // occluder_offset, each [low, high] as augment/severity.h says.
  std::map<std::string, Range> ranges;
  double untouched = -1.0;  // the fraction without a cause; below 0: the variant's
  int side = 0;             // of the crops; 0: 32 for cifar10's task, 224 for directness
};

// Comments (// and /* */) are allowed. Throws Error (Input, kMalformed) naming `name` and what was
// expected: for text that is no JSON object, a key that is unknown (with the nearest one) or stands
// there twice, a value of another type or out of range, or a key that the source does not know.
DatasetDescription ParseDescription(const std::string& text, const std::string& name);
DatasetDescription ReadDescription(const std::filesystem::path& path);

// The same as JSON, with every key that differs from its default; ParseDescription's inverse.
std::string DescriptionText(const DatasetDescription& description);

Task TaskOf(const DatasetDescription& description);

// How the description wants its samples spoilt. Throws Error (Api) as MixFromName and SeverityFor
// do.
AugmentOptions AugmentOptionsOf(const DatasetDescription& description);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_DESCRIPTION_H_
