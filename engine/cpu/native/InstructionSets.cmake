# The inner loops, compiled once an instruction set; instruction_set.cc chooses among them at run time. Optimised in
# debug builds too: unoptimised they would be the time of every test.
set(folder ${PROJECT_SOURCE_DIR}/engine/cpu/native)
set(sets baseline)
set(byte_sets baseline)
set(flags_baseline "")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND sets avx2 avx512)
  list(APPEND byte_sets avx2 avx_vnni avx512_vnni)
  set(flags_avx2 -mavx2 -mfma)
  set(flags_avx512 -mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx2 -mfma)
  set(flags_avx_vnni ${flags_avx2} -mavxvnni)
  # GCC's own header of intrinsics begins with variables that it never sets.
  set(flags_avx512_vnni ${flags_avx512} -mavx512vnni -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
foreach(set IN LISTS sets)
  set_source_files_properties(${folder}/isa_${set}.cc TARGET_DIRECTORY vigil_engine_cpu_native PROPERTIES
    COMPILE_OPTIONS "${flags_${set}};-O3;-ffp-contract=fast")
  list(APPEND kept ${folder}/isa_${set}.cc)
endforeach()
foreach(set IN LISTS byte_sets)
  set_source_files_properties(${folder}/bytes_${set}.cc TARGET_DIRECTORY vigil_engine_cpu_native PROPERTIES
    COMPILE_OPTIONS "${flags_${set}};-O3;-ffp-contract=off")  # byte_kernels.h says why
  list(APPEND kept ${folder}/bytes_${set}.cc)
endforeach()
get_target_property(sources vigil_engine_cpu_native SOURCES)
list(FILTER sources EXCLUDE REGEX "/(isa|bytes)_[a-z0-9_]+\\.cc$")
set_target_properties(vigil_engine_cpu_native PROPERTIES SOURCES "${sources};${kept}")
