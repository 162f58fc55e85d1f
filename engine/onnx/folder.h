// Which nodes of a file are computed while it is read. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_FOLDER_H_
#define VIGIL_ENGINE_ONNX_FOLDER_H_

#include <optional>
#include <string>

#include "engine/onnx/fold.h"

namespace vigil::onnx {

// Computes nodes whose inputs are constants or shapes, at the file's batch size and at another one
// beside it, and defines their outputs as constants. Borrows the table. One thread.
class Folder {
 public:
  Folder(ValueTable& values, std::int64_t opset, std::size_t max_bytes)
      : values_(values), opset_(opset), budget_(max_bytes) {}

  // Whether the node was computed. Throws Error (Model) without the node's name.
  bool Fold(const schema::NodeProto& proto);
  // Why the last node was not, where no mapping takes it either.
  std::string Reason() const;

 private:
  void Define(const std::string& name, Tensor tensor, std::optional<Tensor> probed);
  void Define(const std::string& name, ConstantTensor tensor, ConstantTensor probed);

  ValueTable& values_;
  std::int64_t opset_;
  FoldBudget budget_;
};

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_FOLDER_H_
