// A program outside the tree: builds a small network, runs it on every backend of this machine,
// compares.
#include <cmath>
#include <cstdio>
#include <vector>

#include "engine/graph/builder.h"
#include "engine/session/backends.h"
#include "engine/session/session.h"

int main() {
  using namespace vigil;
  try {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 1, 3, 3}});
    const ValueId weights =
        builder.Constant("weights", Tensor({1, 1, 3, 3}, std::vector<float>(9, 1.0f)));
    const ValueId sum = builder.Add("sum", ConvAttrs{.kernel = {3, 3}}, {x, weights});
    builder.Output(sum);
    const Graph graph = std::move(builder).Build();

    int ran = 0;
    for (const BackendOffer& offer : ListBackends()) {
      if (!offer.available) continue;
      Session session(graph, OpenBackend(offer.backend, offer.device_index), {});
      std::vector<Tensor> inputs;
      inputs.emplace_back(Shape{1, 1, 3, 3}, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9});
      const std::vector<Tensor> outputs = session.Run(inputs);
      const float answer = outputs[0].as<float>()[0];
      std::printf("consumer: %s says %g\n", offer.backend.c_str(), static_cast<double>(answer));
      if (std::fabs(answer - 45.0f) > 1e-4f) return 1;
      ++ran;
    }
    return ran >= 2 ? 0 : 1;
  } catch (const Error& error) {
    std::fprintf(stderr, "consumer: %s\n", error.what());
    return 1;
  }
}
