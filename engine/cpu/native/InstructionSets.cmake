# The inner loops, compiled once an instruction set; instruction_set.cc chooses among them at run time. Optimised in
# debug builds too: unoptimised they would be the time of every test.
set(folder ${PROJECT_SOURCE_DIR}/engine/cpu/native)
set(sets baseline)
set(flags_baseline "")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND sets avx2 avx512)
  set(flags_avx2 -mavx2 -mfma)
  set(flags_avx512 -mavx512f -mavx512vl -mavx512dq -mavx512bw -mavx2 -mfma)
endif()
foreach(set IN LISTS sets)
  set_source_files_properties(${folder}/isa_${set}.cc TARGET_DIRECTORY vigil_engine_cpu_native PROPERTIES
    COMPILE_OPTIONS "${flags_${set}};-O3;-ffp-contract=fast")
  list(APPEND kept ${folder}/isa_${set}.cc)
endforeach()
get_target_property(sources vigil_engine_cpu_native SOURCES)
list(FILTER sources EXCLUDE REGEX "/isa_[a-z0-9]+\\.cc$")
set_target_properties(vigil_engine_cpu_native PROPERTIES SOURCES "${sources};${kept}")
