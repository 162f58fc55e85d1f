// Progress of long work: a bar on a terminal, a line now and then where the output is piped.
#ifndef VIGIL_TOOLS_VIGIL_PROGRESS_H_
#define VIGIL_TOOLS_VIGIL_PROGRESS_H_

#include <chrono>
#include <string>

namespace vigil {

// Writes to standard error, so that results stay alone on standard output. One thread.
class Progress {
 public:
  // `quiet` prints nothing at all.
  explicit Progress(std::string what, bool quiet = false);
  ~Progress();  // ends the bar's line

  // `share` of 1 done; `detail` is short ("loss 0.41, 210 images/s").
  void Update(double share, const std::string& detail);

 private:
  std::string what_;
  bool quiet_, terminal_;
  bool drawn_ = false;
  int last_tenth_ = -1;
  std::chrono::steady_clock::time_point begin_, last_;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_PROGRESS_H_
