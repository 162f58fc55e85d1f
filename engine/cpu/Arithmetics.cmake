# engine/cpu/program once for each arithmetic, with the kernels of its folder (arithmetics.h).
function(vigil_add_arithmetic name)
  cmake_parse_arguments(arg "" "" "DEFINE;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/engine/cpu/program/*.cc
    ${PROJECT_SOURCE_DIR}/engine/cpu/${name}/*.cc)
  add_library(vigil_engine_cpu_${name} STATIC ${sources})
  set_target_properties(vigil_engine_cpu_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_include_directories(vigil_engine_cpu_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(vigil_engine_cpu_${name} PUBLIC vigil_options vigil_engine_cpu_base PRIVATE ${arg_LINK})
  target_compile_definitions(vigil_engine_cpu_${name} PRIVATE VIGIL_CPU_ARITHMETIC=${name} ${arg_DEFINE})
  set_property(GLOBAL APPEND PROPERTY VIGIL_ROOMS vigil_engine_cpu_${name})
  target_link_libraries(vigil_engine_cpu PUBLIC vigil_engine_cpu_${name})
endfunction()

# What they share, and the backend that chooses between them.
add_library(vigil_engine_cpu_base STATIC cpu/processors.cc cpu/worker.cc)
set_target_properties(vigil_engine_cpu_base PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_link_libraries(vigil_engine_cpu_base PUBLIC vigil_engine_backend)
set_property(GLOBAL APPEND PROPERTY VIGIL_ROOMS vigil_engine_cpu_base)
vigil_add_room(engine/cpu LINK vigil_engine_backend EXCLUDE processors.cc worker.cc)
target_compile_definitions(vigil_engine_cpu PRIVATE VIGIL_HAVE_ONEDNN=$<BOOL:${VIGIL_ONEDNN}>)
vigil_add_arithmetic(native)
include(${CMAKE_CURRENT_LIST_DIR}/native/InstructionSets.cmake)
if(VIGIL_ONEDNN)
  # gomp: the very OpenMP runtime that oneDNN runs on, whichever compiler builds this.
  vigil_add_arithmetic(onednn DEFINE VIGIL_CPU_IS_ONEDNN=1 LINK DNNL::dnnl gomp)
endif()
