# What the engine uses of others, as targets that are linked the way this build wants it:
#   vigil_spdlog, vigil_protobuf   shared, or with VIGIL_STATIC header-only and the archive
#   vigil_vulkan_headers           headers alone: the loader is opened at run time
#   DNNL::dnnl                     with VIGIL_ONEDNN
# and GLSLC and PROTOC, which run on this machine whatever machine is built for.
add_library(vigil_spdlog INTERFACE)
add_library(vigil_protobuf INTERFACE)
find_program(PROTOC protoc REQUIRED)
if(VIGIL_STATIC)
  find_path(SPDLOG_INCLUDE_DIR spdlog/spdlog.h REQUIRED)
  find_path(FMT_INCLUDE_DIR fmt/core.h REQUIRED)
  find_library(PROTOBUF_LITE_ARCHIVE libprotobuf-lite.a REQUIRED)
  target_include_directories(vigil_spdlog SYSTEM INTERFACE ${SPDLOG_INCLUDE_DIR} ${FMT_INCLUDE_DIR})
  target_compile_definitions(vigil_spdlog INTERFACE SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)
  target_link_libraries(vigil_protobuf INTERFACE ${PROTOBUF_LITE_ARCHIVE} Threads::Threads)
else()
  find_package(spdlog REQUIRED)
  find_package(Protobuf REQUIRED)
  target_link_libraries(vigil_spdlog INTERFACE spdlog::spdlog)
  target_link_libraries(vigil_protobuf INTERFACE protobuf::libprotobuf-lite)
endif()
if(VIGIL_ONEDNN)
  # Debian's own package file of oneDNN asks for the OpenCL headers, which nothing here uses.
  find_library(DNNL_LIBRARY dnnl REQUIRED)
  find_path(DNNL_INCLUDE_DIR dnnl.hpp REQUIRED)
  add_library(DNNL::dnnl SHARED IMPORTED)
  set_target_properties(DNNL::dnnl PROPERTIES IMPORTED_LOCATION ${DNNL_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${DNNL_INCLUDE_DIR})
endif()
if(VIGIL_VULKAN)
  find_path(VULKAN_INCLUDE_DIR vulkan/vulkan_raii.hpp REQUIRED)
  find_program(GLSLC glslc REQUIRED)
  add_library(vigil_vulkan_headers INTERFACE)
  target_include_directories(vigil_vulkan_headers SYSTEM INTERFACE ${VULKAN_INCLUDE_DIR})
endif()
