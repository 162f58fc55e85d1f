# MeasureVulkanPeaks, for benches and tests: a library of its own, so that no product holds its shaders.
set(words_dir ${PROJECT_BINARY_DIR}/shaders/peaks)
file(MAKE_DIRECTORY ${words_dir})
set(words "")
foreach(shader "multiply_add multiply_add.comp" "copy copy.comp" "copy_fetch copy.comp -DFETCH=1")
  separate_arguments(parts UNIX_COMMAND "${shader}")
  list(POP_FRONT parts name source)
  add_custom_command(OUTPUT ${words_dir}/${name}.inc
    COMMAND ${GLSLC} --target-env=vulkan1.1 -O -Werror -mfmt=c ${parts} -o ${words_dir}/${name}.inc
            ${CMAKE_CURRENT_LIST_DIR}/${source}
    DEPENDS ${CMAKE_CURRENT_LIST_DIR}/${source}
    COMMENT "Compiling shader ${name}" VERBATIM)
  list(APPEND words ${words_dir}/${name}.inc)
endforeach()
add_library(vigil_engine_vulkan_peaks STATIC EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/peaks.cc ${words})
target_include_directories(vigil_engine_vulkan_peaks PRIVATE ${PROJECT_BINARY_DIR}/shaders)
target_link_libraries(vigil_engine_vulkan_peaks PUBLIC vigil_engine_vulkan)
target_precompile_headers(vigil_engine_vulkan_peaks PRIVATE ${PROJECT_SOURCE_DIR}/engine/vulkan/vulkan_api.h)
