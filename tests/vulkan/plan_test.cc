// What is chosen of a device, from literal snapshots of devices that this machine does not have.
#include "engine/vulkan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil::vulkan {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kGiB = 1u << 30;

// A device at Vulkan 1.1's minimum limits; tests change what they are about.
PhysicalDeviceSnapshot MinimumDevice() {
  PhysicalDeviceSnapshot s;
  s.name = "least";
  s.api_minor = 1;
  s.memory_types = {{.index = 0, .device_local = true, .heap_bytes = kGiB},
                    {.index = 1, .host_visible = true, .host_coherent = true, .heap_bytes = kGiB}};
  s.queue_families = {{.compute = true, .graphics = true, .queues = 1, .timestamp_bits = 0}};
  s.max_invocations = 128;
  s.max_local_size = {128, 128, 64};
  s.max_groups = {65535, 65535, 65535};
  s.max_shared_bytes = 16384;
  s.max_storage_buffers = 4;
  s.max_push_bytes = 128;
  s.max_binding_bytes = 1u << 27;
  s.max_allocation_bytes = kGiB;
  s.storage_offset_alignment = 256;
  s.non_coherent_atom = 256;
  s.timestamp_period_ns = 10.0;
  return s;
}

MemoryTypeSnapshot Type(std::uint32_t index, bool local, bool visible, bool coherent, bool cached,
                        std::uint64_t heap_bytes = kGiB) {
  return {index, local, visible, coherent, cached, heap_bytes};
}

std::string RefusalOf(const PhysicalDeviceSnapshot& snapshot, const DeviceCaps& caps = {}) {
  try {
    PlanDevice(snapshot, caps);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kGpu);
    EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
    return error.what();
  }
  return "";
}

TEST(PlanDevice, MinimumLimitsOfVulkan11_AreEnough) {
  const DevicePlan plan = PlanDevice(MinimumDevice());
  EXPECT_EQ(plan.queue_family, 0u);
  EXPECT_EQ(plan.queues, 1u);
  EXPECT_THAT(plan.device,
              ElementsAre(MemoryChoice{0, false, false}, MemoryChoice{1, false, true}));
  EXPECT_THAT(plan.upload, ElementsAre(MemoryChoice{1, true, true}));
  EXPECT_THAT(plan.readback, ElementsAre(MemoryChoice{1, true, true}));
  EXPECT_EQ(plan.offset_alignment, 256u);
  EXPECT_EQ(plan.max_binding_bytes, 1u << 27);
  EXPECT_EQ(plan.max_allocation_bytes, kGiB);
  EXPECT_EQ(plan.non_coherent_atom, 256u);
  EXPECT_EQ(plan.timestamp_ns, 0.0) << "no valid timestamp bits";
}

TEST(PlanDevice, Lanes_AreTheSubgroupOfAProcessorThatShuffles) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.kind = DeviceKind::kCpu;
  s.subgroup_size = 8;
  s.subgroup_shuffle = true;
  s.max_texels = 65536;
  s.texel_offset_alignment = 1024;
  const DevicePlan plan = PlanDevice(s);
  EXPECT_EQ(plan.lanes, 8u);
  EXPECT_EQ(plan.max_texels, 65536u);
  EXPECT_EQ(plan.offset_alignment, 1024u) << "texels are bound at offsets too";
  EXPECT_EQ(PlanDevice(s, {.no_shuffle = true}).lanes, 0u);
  s.subgroup_size = 16;
  EXPECT_EQ(PlanDevice(s).lanes, 0u) << "shuffled lane by lane";
  s.subgroup_size = 8;
  for (const DeviceKind kind :
       {DeviceKind::kDiscrete, DeviceKind::kIntegrated, DeviceKind::kVirtual, DeviceKind::kOther}) {
    s.kind = kind;
    EXPECT_EQ(PlanDevice(s).lanes, 0u);
    EXPECT_EQ(PlanDevice(s).offset_alignment, 256u);
  }
}

TEST(PlanDevice, OffsetAlignment_IsTheLargestOfDeviceAtomAndCacheLine) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.storage_offset_alignment = 16;
  s.non_coherent_atom = 1;
  EXPECT_EQ(PlanDevice(s).offset_alignment, 64u);
  s.non_coherent_atom = 128;
  EXPECT_EQ(PlanDevice(s).offset_alignment, 128u);
}

TEST(PlanDevice, UnifiedMemory_IsMappedForArenaAndWeights) {
  PhysicalDeviceSnapshot s = MinimumDevice();  // an integrated GPU's one heap, three ways in
  s.memory_types = {Type(0, true, false, false, false), Type(1, true, true, true, false),
                    Type(2, true, true, true, true)};
  const DevicePlan plan = PlanDevice(s);
  EXPECT_EQ(plan.device.front(), (MemoryChoice{2, true, true}));
  EXPECT_THAT(plan.readback.front(), (MemoryChoice{2, true, true}));
}

TEST(PlanDevice, UnifiedMemoryCachedButNotCoherent_IsMappedAndFlushed) {
  PhysicalDeviceSnapshot s = MinimumDevice();  // as Mali has it
  s.memory_types = {Type(0, true, true, true, false), Type(1, true, true, false, true)};
  const DevicePlan plan = PlanDevice(s);
  EXPECT_THAT(plan.device, ElementsAre(MemoryChoice{1, true, false}, MemoryChoice{0, false, true}));
  EXPECT_EQ(plan.upload.front(), (MemoryChoice{0, true, true})) << "writes need no cache";
  EXPECT_EQ(plan.readback.front(), (MemoryChoice{1, true, false})) << "reads do";
}

TEST(PlanDevice, DiscreteWithSmallWindow_KeepsTheWindowForNothingThatFitsElsewhere) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  constexpr std::uint64_t kWindow = 256u << 20;
  s.memory_types = {
      Type(0, false, false, false, false, 16 * kGiB), Type(1, true, false, false, false, 8 * kGiB),
      Type(2, false, true, true, false, 16 * kGiB), Type(3, false, true, true, true, 16 * kGiB),
      Type(4, true, true, true, false, kWindow)};
  const DevicePlan plan = PlanDevice(s);
  ASSERT_GE(plan.device.size(), 2u);
  EXPECT_EQ(plan.device[0], (MemoryChoice{1, false, false}));
  EXPECT_EQ(plan.device[1], (MemoryChoice{4, false, true})) << "device memory before the host's";
  EXPECT_THAT(plan.upload, ElementsAre(MemoryChoice{2, true, true}, MemoryChoice{3, true, true},
                                       MemoryChoice{4, true, true}));
  EXPECT_THAT(plan.readback, ElementsAre(MemoryChoice{3, true, true}, MemoryChoice{2, true, true},
                                         MemoryChoice{4, true, true}));
}

TEST(PlanDevice, NonCoherentReadback_IsPreferredWhereItAloneIsCached) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.memory_types = {Type(0, true, false, false, false), Type(1, false, true, true, false),
                    Type(2, false, true, false, true)};
  const DevicePlan plan = PlanDevice(s);
  EXPECT_EQ(plan.upload.front(), (MemoryChoice{1, true, true}));
  EXPECT_EQ(plan.readback.front(), (MemoryChoice{2, true, false}));
}

TEST(PlanDevice, NoDeviceLocalMemory_FallsBackToTheHosts) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.memory_types = {Type(5, false, true, true, true)};
  EXPECT_THAT(PlanDevice(s).device, ElementsAre(MemoryChoice{5, true, true}));
}

TEST(PlanDevice, HeapBytes_AreThoseOfTheArenasFirstChoice) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.memory_types = {Type(0, false, true, true, true, 16 * kGiB),
                    Type(1, true, false, false, false, 8 * kGiB)};
  EXPECT_EQ(PlanDevice(s).heap_bytes, 8 * kGiB);
  EXPECT_EQ(PlanDevice(s, {.max_heap_bytes = 64u << 20}).heap_bytes, 64u << 20);
}

TEST(PlanDevice, SplitByCaps_UnmapsDeviceMemoryAndKeepsAHostType) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.memory_types = {Type(0, true, true, true, true)};
  const DevicePlan plan = PlanDevice(s, {.split_memory = true});
  EXPECT_EQ(plan.device.front(), (MemoryChoice{0, false, false}));
  EXPECT_THAT(plan.upload, ElementsAre(MemoryChoice{0, true, true}));
  EXPECT_THAT(plan.readback, ElementsAre(MemoryChoice{0, true, true}));
}

TEST(PlanDevice, NoCoherentMemoryByCaps_FlushesEverything) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.memory_types = {Type(0, true, true, true, true)};
  const DevicePlan plan = PlanDevice(s, {.no_coherent_memory = true, .split_memory = true});
  EXPECT_EQ(plan.upload.front(), (MemoryChoice{0, true, false}));
  EXPECT_EQ(plan.readback.front(), (MemoryChoice{0, true, false}));
  EXPECT_EQ(PlanDevice(s, {.no_coherent_memory = true}).device.front(),
            (MemoryChoice{0, true, false}));
}

TEST(PlanDevice, QueueFamily_ThatOnlyComputesIsPreferred) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.queue_families = {{.compute = true, .graphics = true, .queues = 16, .timestamp_bits = 64},
                      {.compute = false, .graphics = false, .queues = 2},
                      {.compute = true, .graphics = false, .queues = 0},
                      {.compute = true, .graphics = false, .queues = 8, .timestamp_bits = 36}};
  const DevicePlan plan = PlanDevice(s);
  EXPECT_EQ(plan.queue_family, 3u);
  EXPECT_EQ(plan.queues, 2u) << "the second is for low priority; more are of no use";
  EXPECT_EQ(plan.timestamp_ns, 10.0);
  s.queue_families.resize(3);
  EXPECT_EQ(PlanDevice(s).queue_family, 0u) << "graphics will do";
}

TEST(PlanDevice, OneQueue_ServesBothPriorities) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  EXPECT_EQ(PlanDevice(s).queues, 1u);
  s.queue_families[0].queues = 2;
  EXPECT_EQ(PlanDevice(s).queues, 2u);
}

TEST(PlanDevice, DeviceThatLacksEverything_IsRefusedWithEveryReason) {
  PhysicalDeviceSnapshot s;
  s.name = "brick";
  s.max_invocations = 32;
  s.max_local_size = {16, 16, 16};
  s.max_groups = {1024, 2048, 1};
  s.max_shared_bytes = 512;
  s.max_storage_buffers = 3;
  s.max_push_bytes = 64;
  s.memory_types = {Type(0, true, false, false, false)};
  s.queue_families = {{.compute = false, .graphics = true, .queues = 1}};
  EXPECT_EQ(RefusalOf(s),
            "vulkan device 'brick' cannot be used: Vulkan 1.0, needs 1.1; "
            "invocations a workgroup 32, needs 64; local size x 16, needs 64; "
            "shared bytes 512, needs 2048; storage buffers a shader 3, needs 4; "
            "push constant bytes 64, needs 128; workgroups along x 1024, needs 65535; "
            "workgroups along y 2048, needs 65535; no queue that computes; "
            "no memory that the host can map");
}

TEST(PlanDevice, EachReasonAlone_Refuses) {
  const auto refusal = [](auto&& change) {
    PhysicalDeviceSnapshot s = MinimumDevice();
    change(s);
    return RefusalOf(s);
  };
  const std::string head = "vulkan device 'least' cannot be used: ";
  EXPECT_EQ(refusal([](auto& s) { s.api_minor = 0; }), head + "Vulkan 1.0, needs 1.1");
  EXPECT_EQ(refusal([](auto& s) { s.max_invocations = 63; }),
            head + "invocations a workgroup 63, needs 64");
  EXPECT_EQ(refusal([](auto& s) { s.max_local_size[0] = 63; }), head + "local size x 63, needs 64");
  EXPECT_EQ(refusal([](auto& s) { s.max_shared_bytes = 2047; }),
            head + "shared bytes 2047, needs 2048");
  EXPECT_EQ(refusal([](auto& s) { s.max_storage_buffers = 3; }),
            head + "storage buffers a shader 3, needs 4");
  EXPECT_EQ(refusal([](auto& s) { s.max_push_bytes = 127; }),
            head + "push constant bytes 127, needs 128");
  EXPECT_EQ(refusal([](auto& s) { s.max_groups[0] = 65534; }),
            head + "workgroups along x 65534, needs 65535");
  EXPECT_EQ(refusal([](auto& s) { s.max_groups[1] = 1; }),
            head + "workgroups along y 1, needs 65535");
  EXPECT_EQ(refusal([](auto& s) { s.queue_families.clear(); }), head + "no queue that computes");
  EXPECT_EQ(refusal([](auto& s) { s.memory_types.pop_back(); }),
            head + "no memory that the host can map");
}

TEST(PlanDevice, CapsBelowTheNeeds_AreARefusalToo) {
  EXPECT_EQ(RefusalOf(MinimumDevice(), {.max_invocations = 32, .max_storage_buffers = 2}),
            "vulkan device 'least' cannot be used: invocations a workgroup 32, needs 64; "
            "local size x 32, needs 64; storage buffers a shader 2, needs 4");
}

TEST(PlanDevice, NewerMajorVersion_IsAccepted) {
  PhysicalDeviceSnapshot s = MinimumDevice();
  s.api_major = 2;
  s.api_minor = 0;
  EXPECT_EQ(RefusalOf(s), "");
}

TEST(Capped, NoCaps_ChangeNothing) {
  const PhysicalDeviceSnapshot s = MinimumDevice();
  const PhysicalDeviceSnapshot capped = Capped(s, {});
  EXPECT_EQ(capped.max_invocations, s.max_invocations);
  EXPECT_EQ(capped.max_local_size, s.max_local_size);
  EXPECT_EQ(capped.max_shared_bytes, s.max_shared_bytes);
  EXPECT_EQ(capped.max_storage_buffers, s.max_storage_buffers);
  ASSERT_EQ(capped.memory_types.size(), s.memory_types.size());
  EXPECT_TRUE(capped.memory_types[1].host_coherent);
}

TEST(Capped, CapsAboveTheDevice_NeverRaiseIt) {
  const PhysicalDeviceSnapshot capped =
      Capped(MinimumDevice(),
             {.max_invocations = 1024, .max_shared_bytes = 65536, .max_storage_buffers = 16});
  EXPECT_EQ(capped.max_invocations, 128u);
  EXPECT_THAT(capped.max_local_size, ElementsAre(128, 128, 64));
  EXPECT_EQ(capped.max_shared_bytes, 16384u);
  EXPECT_EQ(capped.max_storage_buffers, 4u);
}

TEST(Capped, Invocations_LimitEveryDimensionOfTheWorkgroup) {
  EXPECT_THAT(Capped(MinimumDevice(), {.max_invocations = 96}).max_local_size,
              ElementsAre(96, 96, 64));
}

TEST(Capped, Split_LeavesPlainTypesAlone) {
  const PhysicalDeviceSnapshot capped = Capped(MinimumDevice(), {.split_memory = true});
  ASSERT_EQ(capped.memory_types.size(), 2u);
  EXPECT_TRUE(capped.memory_types[0].device_local);
  EXPECT_FALSE(capped.memory_types[1].device_local);
  EXPECT_TRUE(capped.memory_types[1].host_visible);
}

TEST(RankOf, OrdersFromDiscreteDownToSoftware) {
  EXPECT_GT(RankOf(DeviceKind::kDiscrete), RankOf(DeviceKind::kIntegrated));
  EXPECT_GT(RankOf(DeviceKind::kIntegrated), RankOf(DeviceKind::kVirtual));
  EXPECT_GT(RankOf(DeviceKind::kVirtual), RankOf(DeviceKind::kOther));
  EXPECT_GT(RankOf(DeviceKind::kOther), RankOf(DeviceKind::kCpu));
}

}  // namespace
}  // namespace vigil::vulkan
