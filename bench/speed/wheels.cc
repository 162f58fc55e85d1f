// Engines in a Python process: it reads lines ("answer", "run") and answers each with a line of
// numbers, so that what is timed is the engine, in turns with the others.
#include <cstdio>
#include <fstream>
#include <sstream>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/speed/contender.h"
#include "engine/base/text.h"

namespace vigil::bench {
namespace {

[[noreturn]] void Refuse(const std::string& what) {
  throw Error(Fault::kModel, ErrorCode::kUnsupported, what);
}

// A child with pipes to its standard input and output.
class Child {
 public:
  explicit Child(std::vector<std::string> command) {
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) Refuse("no pipe");
    std::vector<char*> arguments;
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    process_ = fork();
    if (process_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      for (const int file : {in[0], in[1], out[0], out[1]}) close(file);
      execvp(arguments[0], arguments.data());
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_ = fdopen(in[1], "w");
    from_ = fdopen(out[0], "r");
  }
  ~Child() {
    std::fclose(to_);
    std::fclose(from_);
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Say(const std::string& line) {
    std::fputs((line + "\n").c_str(), to_);
    std::fflush(to_);
  }
  // Empty where it ended.
  std::string Line() {
    std::string line;
    for (int c = std::getc(from_); c != EOF && c != '\n'; c = std::getc(from_))
      line.push_back(static_cast<char>(c));
    return line;
  }

 private:
  pid_t process_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

class Wheel final : public Contender {
 public:
  Wheel(std::vector<std::string> command, const std::string& name)
      : child_(std::move(command)), name_(name) {
    const std::string line = child_.Line();
    if (line != "ready") Refuse(Text(name, ": ", line.empty() ? "ended" : line));
  }

  std::vector<float> Answer() override {
    std::istringstream numbers(Ask("answer"));
    std::vector<float> answer;
    for (float x = 0.0f; numbers >> x;) answer.push_back(x);
    return answer;
  }
  double Milliseconds() override { return std::stod(Ask("run")); }

 private:
  std::string Ask(const std::string& what) {
    child_.Say(what);
    std::string line = child_.Line();
    if (line.empty()) Refuse(name_ + " ended");
    return line;
  }

  Child child_;
  std::string name_;
};

// The script's arguments: engine, model, threads, and an input each as NAME FILE SHAPE.
std::vector<std::string> CommandFor(const std::string& python, const std::string& script,
                                    const std::string& engine, const Work& work, int threads) {
  std::vector<std::string> command{python, script, engine, work.file, std::to_string(threads)};
  for (std::size_t i = 0; i < work.inputs.size(); ++i) {
    const Value& value = work.graph.value(work.graph.inputs()[i]);
    const std::string file = Text(work.file.string(), ".", i);
    const auto bytes = std::as_bytes(work.inputs[i].as<float>());
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    std::string shape;
    for (const std::int64_t dim : work.inputs[i].shape().dims())
      shape += Text(shape.empty() ? "" : "x", dim);
    command.insert(command.end(), {value.name, file, shape});
  }
  return command;
}

}  // namespace

std::vector<ContenderFactory> Wheels(const std::string& python, const std::string& script,
                                     bool vulkan) {
  std::vector<ContenderFactory> found;
  Child child({python, script, "list", vulkan ? "vulkan" : ""});
  for (std::string line = child.Line(); !line.empty(); line = child.Line()) {
    const std::string engine = line.substr(0, line.find(' '));
    found.push_back({.name = line,
                     .int8 = engine == "onnxruntime",
                     .make =
                         [=](const Work& work, int threads) {
                           return std::make_unique<Wheel>(
                               CommandFor(python, script, engine, work, threads), line);
                         },
                     .device = engine.ends_with("-vulkan") ? "vulkan:0" : "cpu"});
  }
  return found;
}

}  // namespace vigil::bench
