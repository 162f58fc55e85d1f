// The transforms of Winograd's convolutions F(kM x kM, 3 x 3) over vectors of kWidth floats, one
// source for every instruction set. From Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks" (2015), with the points 0, 1, -1 and, for kM = 4, 2 and -2.
#ifndef VIGIL_ENGINE_CPU_NATIVE_WINOGRAD_CODE_H_
#define VIGIL_ENGINE_CPU_NATIVE_WINOGRAD_CODE_H_

#include "engine/cpu/native/vector_code.h"

namespace vigil::cpu::native {
namespace {

// `Code`: a VectorCode.
template <typename Code, int kM>
struct WinogradCode {
  using Vec = typename Code::Vec;
  static constexpr int kN = kM + 2;
  static constexpr int kWidth = sizeof(Vec) / sizeof(float);

  // B^T d of one line.
  [[gnu::always_inline]] static inline void OfInput(const Vec* d, Vec* t) {
    if constexpr (kM == 2) {
      t[0] = d[0] - d[2];
      t[1] = d[1] + d[2];
      t[2] = d[2] - d[1];
      t[3] = d[1] - d[3];
    } else {
      const Vec two = Code::All(2.0f), four = Code::All(4.0f), five = Code::All(5.0f);
      const Vec even = d[4] - four * d[2], odd = d[3] - four * d[1];
      const Vec near = d[4] - d[2], far = two * (d[3] - d[1]);
      t[0] = four * d[0] - five * d[2] + d[4];
      t[1] = even + odd;
      t[2] = even - odd;
      t[3] = near + far;
      t[4] = near - far;
      t[5] = four * d[1] - five * d[3] + d[5];
    }
  }

  // A^T m of one line.
  [[gnu::always_inline]] static inline void OfOutput(const Vec* m, Vec* y) {
    if constexpr (kM == 2) {
      y[0] = m[0] + m[1] + m[2];
      y[1] = m[1] - m[2] - m[3];
    } else {
      const Vec two = Code::All(2.0f), four = Code::All(4.0f), eight = Code::All(8.0f);
      const Vec sum = m[1] + m[2], difference = m[1] - m[2];
      const Vec far_sum = m[3] + m[4], far_difference = m[3] - m[4];
      y[0] = m[0] + sum + far_sum;
      y[1] = difference + two * far_difference;
      y[2] = sum + four * far_sum;
      y[3] = difference + eight * far_difference + m[5];
    }
  }

  static void Input(const WinogradInputJob& job) {
    for (int at = 0; at < kLanes; at += kWidth) {
      Vec columns[kN][kN];  // column by column, each transformed
      for (int j = 0; j < kN; ++j) {
        Vec d[kN];
        for (int i = 0; i < kN; ++i) d[i] = Code::Load(job.x + i * job.x_row + j * kLanes + at);
        OfInput(d, columns[j]);
      }
      for (int i = 0; i < kN; ++i) {
        Vec d[kN], t[kN];
        for (int j = 0; j < kN; ++j) d[j] = columns[j][i];
        OfInput(d, t);
        for (int j = 0; j < kN; ++j) Code::Store(job.v + (i * kN + j) * job.v_step + at, t[j]);
      }
    }
  }

  static void Output(const WinogradOutputJob& job) {
    for (int at = 0; at < kLanes; at += kWidth) {
      Vec columns[kN][kM];
      for (int j = 0; j < kN; ++j) {
        Vec m[kN];
        for (int i = 0; i < kN; ++i) m[i] = Code::Load(job.m + (i * kN + j) * job.m_step + at);
        OfOutput(m, columns[j]);
      }
      const Vec bias = Code::Load(job.bias + at);
      for (int i = 0; i < job.rows; ++i) {
        Vec m[kN], y[kM];
        for (int j = 0; j < kN; ++j) m[j] = columns[j][i];
        OfOutput(m, y);
        for (int j = 0; j < job.columns; ++j)
          Code::FinishVector(y[j] + bias, job.finish, job.y, i * job.y_row + j * kLanes + at);
      }
    }
  }

  static constexpr WinogradKernels Table() { return {Input, Output}; }
};

}  // namespace
}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_WINOGRAD_CODE_H_
