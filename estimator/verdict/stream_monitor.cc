#include "estimator/verdict/stream_monitor.h"

namespace vigil {

std::string NoteOf(const StreamMonitor& monitor) {
  return "monitor." + std::string(monitor.name());
}

}  // namespace vigil
