# Generates onnx_schema.pb.{h,cc} into the build tree and adds them to the room.
set(onnx_schema_dir ${PROJECT_BINARY_DIR}/generated/onnx)
file(MAKE_DIRECTORY ${onnx_schema_dir})
# What protoc writes is not ours to lint; clang-tidy wants one check at least.
file(CONFIGURE OUTPUT ${onnx_schema_dir}/.clang-tidy CONTENT "Checks: '-*,misc-definitions-in-headers'\n")
add_custom_command(
  OUTPUT ${onnx_schema_dir}/onnx_schema.pb.cc ${onnx_schema_dir}/onnx_schema.pb.h
  COMMAND ${PROTOC} --proto_path=${CMAKE_CURRENT_LIST_DIR} --cpp_out=${onnx_schema_dir} onnx_schema.proto
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/onnx_schema.proto
  VERBATIM)
target_sources(vigil_engine_onnx PRIVATE ${onnx_schema_dir}/onnx_schema.pb.cc ${onnx_schema_dir}/onnx_schema.pb.h)
set_source_files_properties(${onnx_schema_dir}/onnx_schema.pb.cc PROPERTIES COMPILE_OPTIONS -w)
target_include_directories(vigil_engine_onnx SYSTEM PRIVATE ${onnx_schema_dir})
target_link_libraries(vigil_engine_onnx PRIVATE vigil_protobuf)
