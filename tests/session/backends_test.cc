#include "engine/session/backends.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace vigil {
namespace {

TEST(Backends, List_NamesAllThree_AndSaysWhyWhereUnavailable) {
  const std::vector<BackendOffer> offers = ListBackends();
  for (const std::string_view name : {"vulkan", "cpu", "reference"}) {
    EXPECT_TRUE(std::ranges::any_of(offers, [&](const BackendOffer& offer) {
      return offer.backend == name;
    })) << name;
  }
  for (const BackendOffer& offer : offers) {
    EXPECT_TRUE(offer.available ? !offer.device.empty() : !offer.reason.empty()) << offer.backend;
  }
}

TEST(Backends, List_PutsCpuBeforeReferenceAndSoftwareVulkan_AndAfterGpus) {
  const std::vector<BackendOffer> offers = ListBackends();
  const auto cpu = std::ranges::find(offers, "cpu", &BackendOffer::backend);
  for (auto offer = offers.begin(); offer != offers.end(); ++offer) {
    if (offer == cpu || !offer->available) continue;
    EXPECT_EQ(offer < cpu, offer->is_gpu) << offer->device;
  }
}

TEST(Backends, Open_Auto_IsTheFirstAvailable) {
  const std::vector<BackendOffer> offers = ListBackends();
  const auto first = std::ranges::find(offers, true, &BackendOffer::available);
  ASSERT_NE(first, offers.end());
  EXPECT_EQ(OpenBackend("auto")->name(), first->backend);
}

TEST(Backends, Open_UnknownName_ListsTheNames) {
  try {
    OpenBackend("cuda");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kApi);
    EXPECT_NE(std::string(error.what()).find("vulkan, cpu or reference"), std::string::npos);
  }
}

}  // namespace
}  // namespace vigil
