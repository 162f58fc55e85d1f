# Every shader that is built: name, source, definitions. Tiles, modes and activations are
# specialization constants; sizes are push constants (README.md).
vigil_shader_variants(vigil_engine_vulkan
  "batch_norm_f32     ops/batch_norm.comp     STORAGE=float"
  "binary_f32         ops/binary.comp         STORAGE=float"
  "conv_f32           ops/conv.comp           STORAGE=float"
  "conv_depthwise_f32 ops/conv_depthwise.comp STORAGE=float"
  "conv_transpose_f32 ops/conv_transpose.comp STORAGE=float"
  "copy_f32           ops/copy.comp           STORAGE=float"
  "encode_bytes_f32   ops/encode_bytes.comp   STORAGE=float"
  "encode_half_f32    ops/encode_half.comp    STORAGE=float"
  "encode_range_f32   ops/encode_range.comp   STORAGE=float"
  "gather_f32         ops/gather.comp         STORAGE=float"
  "gemm_f32           ops/gemm.comp           STORAGE=float"
  "global_pool_f32    ops/global_pool.comp    STORAGE=float"
  "instance_norm_f32  ops/instance_norm.comp  STORAGE=float"
  "lrn_f32            ops/lrn.comp            STORAGE=float"
  "matmul_f32         ops/matmul.comp         STORAGE=float"
  "pad_f32            ops/pad.comp            STORAGE=float"
  "pool_f32           ops/pool.comp           STORAGE=float"
  "reduce_f32         ops/reduce.comp         STORAGE=float"
  "resize_f32         ops/resize.comp         STORAGE=float"
  "softmax_f32        ops/softmax.comp        STORAGE=float"
  "unary_f32          ops/unary.comp          STORAGE=float")
