# vigil_shader_variants(<target>, <variants...>): compiles shaders offline and embeds their words in
# the target. A variant is "<name> <source below shaders/> [DEFINE=value...]"; the embedded table is
# vigil::vulkan::EmbeddedShaders (engine/vulkan/embedded_shaders.h).
function(vigil_shader_variants target)
  set(source_dir ${PROJECT_SOURCE_DIR}/shaders)
  set(binary_dir ${PROJECT_BINARY_DIR}/shaders)
  file(MAKE_DIRECTORY ${binary_dir})
  set(arrays "")
  set(rows "")
  set(words_files "")
  foreach(variant IN LISTS ARGN)
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
${arrays}
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
