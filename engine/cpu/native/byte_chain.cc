#include "engine/cpu/native/byte_chain.h"

#include <algorithm>

namespace vigil::cpu::native {
namespace {

class Walk {
 public:
  explicit Walk(const ProgramBuilder& builder) : builder_(builder), graph_(builder.graph()) {}

  std::optional<ByteChain> From(ValueId sums, int axis) {
    const int first = TakerOf(sums);
    if (first < 0) return std::nullopt;
    const auto* dequantize = std::get_if<DequantizeAttrs>(&node(first).attrs);
    if (!dequantize || (dequantize->scale.scales.size() > 1 && dequantize->scale.axis != axis))
      return std::nullopt;
    chain_.scales = dequantize->scale.scales;
    Take(first);
    for (int next = TakerOf(chain_.floats); next >= 0 && (TakeCut(next) || TakeAdd(next));
         next = TakerOf(chain_.floats)) {
    }
    TakeQuantize();
    return std::move(chain_);
  }

 private:
  const Node& node(int i) const { return graph_.nodes()[static_cast<std::size_t>(i)]; }

  bool IsKept(ValueId id) const {
    return std::ranges::count(graph_.outputs(), id) + std::ranges::count(graph_.taps(), id) > 0;
  }
  std::vector<int> ReadersOf(ValueId id) const {
    std::vector<int> readers;
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      for (const ValueId input : graph_.nodes()[i].inputs) {
        if (input == id) readers.push_back(static_cast<int>(i));
      }
    }
    return readers;
  }
  // The node that may swallow the value; -1 where there is none.
  int TakerOf(ValueId id) const {
    const std::vector<int> readers = ReadersOf(id);
    return readers.size() == 1 && !IsKept(id) ? readers.front() : -1;
  }
  void Take(int i) {
    chain_.nodes.push_back(i);
    chain_.floats = node(i).outputs.front();
  }

  static bool IsCut(const Activation& activation) {
    using Kind = Activation::Kind;
    return activation.kind == Kind::kRelu || activation.kind == Kind::kClip;
  }

  // One activation before the addition and one after it.
  bool TakeCut(int i) {
    const auto* unary = std::get_if<UnaryAttrs>(&node(i).attrs);
    Activation& place = chain_.residual < 0 ? chain_.inner : chain_.outer;
    if (!unary || !IsCut(ActivationOf(*unary)) || !(place == Activation{})) return false;
    place = ActivationOf(*unary);
    Take(i);
    return true;
  }

  bool TakeAdd(int i) {
    const auto* add = std::get_if<BinaryAttrs>(&node(i).attrs);
    if (!add || add->kind != BinaryKind::kAdd || chain_.residual >= 0) return false;
    Epilogue plain;
    plain.activation = add->epilogue.activation;
    const bool ends_well = plain.activation == Activation{} || IsCut(plain.activation);
    const std::vector<ValueId>& inputs = node(i).inputs;
    const ValueId other = inputs[inputs[0] == chain_.floats ? 1 : 0];
    const Value& value = graph_.value(other);
    if (!(add->epilogue == plain) || !ends_well || value.constant || !builder_.Has(other) ||
        value.desc != graph_.value(chain_.floats).desc) {
      return false;
    }
    chain_.residual = other;
    chain_.outer = plain.activation;
    Take(i);
    return true;
  }

  void TakeQuantize() {
    const std::vector<int> readers = ReadersOf(chain_.floats);
    chain_.floats_wanted = IsKept(chain_.floats) || readers.size() != 1;
    for (const int reader : readers) {
      const auto* quantize = std::get_if<QuantizeAttrs>(&node(reader).attrs);
      if (!quantize || quantize->scale.scales.size() != 1) continue;
      chain_.quantize = quantize;
      chain_.bytes = node(reader).outputs.front();
      chain_.nodes.push_back(reader);
      return;
    }
    chain_.floats_wanted = true;
  }

  const ProgramBuilder& builder_;
  const Graph& graph_;
  ByteChain chain_;
};

}  // namespace

std::optional<ByteChain> ChainFrom(const ProgramBuilder& builder, ValueId sums, int axis) {
  return Walk(builder).From(sums, axis);
}

}  // namespace vigil::cpu::native
