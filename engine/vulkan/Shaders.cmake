# vigil_shader_variants(<target>, <variants...>): compiles shaders offline and embeds their words in
# the target. A variant is "<name> <source below shaders/> [DEFINE=value...]"; one whose name ends in
# _f32 has a twin in _f16 that stores 16-bit floats, but for encoders, which read float32 alone. The
# embedded table is vigil::vulkan::EmbeddedShaders (engine/vulkan/embedded_shaders.h).
function(vigil_shader_variants target)
  set(source_dir ${PROJECT_SOURCE_DIR}/shaders)
  set(binary_dir ${PROJECT_BINARY_DIR}/shaders)
  file(MAKE_DIRECTORY ${binary_dir})
  set(arrays "")
  set(rows "")
  set(words_files "")
  set(variants ${ARGN})
  foreach(variant IN LISTS ARGN)
    if(variant MATCHES "_f32 " AND NOT variant MATCHES "^encode_")
      string(REGEX REPLACE "_f32 " "_f16 " variant "${variant}")
      string(REPLACE "STORAGE=float" "STORAGE=float16_t HALF_STORAGE=1" variant "${variant}")
      list(APPEND variants "${variant}")
    endif()
  endforeach()
  foreach(variant IN LISTS variants)
    separate_arguments(parts UNIX_COMMAND "${variant}")
    list(POP_FRONT parts name source)
    list(TRANSFORM parts PREPEND -D)
    set(words ${binary_dir}/${name}.inc)
    add_custom_command(
      OUTPUT ${words}
      COMMAND ${GLSLC} --target-env=vulkan1.1 -O -Werror -mfmt=c -I ${source_dir} ${parts}
              -MD -MF ${words}.d -MT ${words} -o ${words} ${source_dir}/${source}
      DEPENDS ${source_dir}/${source} ${source_dir}/variants.cmake
      DEPFILE ${words}.d
      COMMENT "Compiling shader ${name}"
      VERBATIM)
    list(APPEND words_files ${words})
    string(APPEND arrays "constexpr std::uint32_t k_${name}[] =\n#include \"${words}\"\n    ;\n")
    string(APPEND rows "    {\"${name}\", k_${name}},\n")
  endforeach()
  set(table ${binary_dir}/embedded_shaders.cc)
  file(CONFIGURE OUTPUT ${table} CONTENT
"#include \"engine/vulkan/embedded_shaders.h\"

namespace vigil::vulkan {
namespace {
// NOLINTBEGIN(readability-identifier-naming): called as their shaders are
${arrays}// NOLINTEND(readability-identifier-naming)
constexpr EmbeddedShader kShaders[] = {
${rows}};
}  // namespace

std::span<const EmbeddedShader> EmbeddedShaders() { return kShaders; }

}  // namespace vigil::vulkan
" @ONLY)
  set_source_files_properties(${table} PROPERTIES OBJECT_DEPENDS "${words_files}"
    SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${table})
endfunction()
