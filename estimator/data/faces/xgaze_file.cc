// The only file that sees HDF5.
#include "estimator/data/faces/xgaze_file.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include <hdf5.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr hsize_t kSide = kXgazeSide, kChannels = 3;
constexpr hsize_t kMostRows = 1u << 22;  // a participant has some ten thousand

// A turn at the library, which keeps global state and is not thread-safe as Debian builds it. Its
// own handler would print on standard error; it is taken out each time, since a thread-safe build
// has one a thread.
class Turn {
 public:
  Turn() : lock_(Mutex()) { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

 private:
  static std::mutex& Mutex() {
    static std::mutex mutex;
    return mutex;
  }
  const std::lock_guard<std::mutex> lock_;
};

// An identifier of the library, closed by the function that its kind wants.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept { *this = std::move(other); }
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  hid_t get() const { return id_; }
  bool ok() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

// The innermost thing that the library says of its last failure.
std::string LibraryReason() {
  std::string reason = "no reason given";
  const auto keep_first = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    auto* text = static_cast<std::string*>(out);
    if (error->desc != nullptr && *error->desc != '\0') *text = error->desc;
    return 1;  // enough
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
  return reason;
}

class Hdf5XgazeFile final : public XgazeFile {
 public:
  explicit Hdf5XgazeFile(const std::filesystem::path& path) : name_(path.string()) {
    if (!std::filesystem::is_regular_file(path))
      throw Error(Fault::kInput, ErrorCode::kNotFound, Place() + "no such file");
    const Turn turn;
    try {
      Open();
    } catch (...) {
      Close();  // while it is our turn
      throw;
    }
  }
  ~Hdf5XgazeFile() override {
    const Turn turn;
    Close();
  }

  const std::vector<float>& poses() const override { return poses_; }

  Image Read(std::int64_t row) const override {
    VIGIL_CHECK(row >= 0 && row < rows());
    Image image = Image::Make(kXgazeSide, kXgazeSide);
    const Turn turn;
    const Handle space(H5Dget_space(patches_.get()), H5Sclose);
    const std::array<hsize_t, 4> start{static_cast<hsize_t>(row), 0, 0, 0};
    const std::array<hsize_t, 4> count{1, kSide, kSide, kChannels};
    const hsize_t size = image.rgb.size();
    const Handle memory(H5Screate_simple(1, &size, nullptr), H5Sclose);
    if (!space.ok() || !memory.ok() ||
        H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(),
                            nullptr) < 0 ||
        H5Dread(patches_.get(), H5T_NATIVE_UINT8, memory.get(), space.get(), H5P_DEFAULT,
                image.rgb.data()) < 0) {
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Text(Place(), "row ", row, " of face_patch cannot be read: ", LibraryReason()));
    }
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) std::swap(image.rgb[i], image.rgb[i + 2]);
    return image;
  }

 private:
  std::string Place() const { return Text("ETH-XGaze file '", name_, "': "); }

  void Open() {
    file_ = {H5Fopen(name_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
    if (!file_.ok()) {
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Place() + "no HDF5 file, or a corrupt one: " + LibraryReason());
    }
    patches_ = OpenDataset("face_patch", H5T_INTEGER, 1);
    const Handle poses = OpenDataset("face_head_pose", H5T_FLOAT, 0);
    const std::vector<hsize_t> patch_shape = ShapeOf(patches_), pose_shape = ShapeOf(poses);
    const hsize_t rows = patch_shape.empty() ? 0 : patch_shape[0];
    CheckShape("face_patch", patch_shape, {rows, kSide, kSide, kChannels});
    CheckShape("face_head_pose", pose_shape, {rows, 2});
    if (rows < 1 || rows > kMostRows) {
      throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                  Text(Place(), rows, " rows, expected 1 to ", kMostRows));
    }
    poses_.resize(static_cast<std::size_t>(rows) * 2);
    if (H5Dread(poses.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, poses_.data()) < 0) {
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Place() + "face_head_pose cannot be read: " + LibraryReason());
    }
  }

  // Of a kind of number, and of so many bytes; 0: any.
  Handle OpenDataset(const char* dataset_name, H5T_class_t kind, std::size_t bytes) const {
    if (H5Lexists(file_.get(), dataset_name, H5P_DEFAULT) <= 0) {
      throw Error(
          Fault::kInput, ErrorCode::kMalformed,
          Text(Place(), "no dataset '", dataset_name, "', expected face_patch and face_head_pose"));
    }
    Handle dataset(H5Dopen2(file_.get(), dataset_name, H5P_DEFAULT), H5Dclose);
    if (!dataset.ok()) {
      throw Error(Fault::kInput, ErrorCode::kMalformed,
                  Text(Place(), "'", dataset_name, "' cannot be opened: ", LibraryReason()));
    }
    const Handle type(H5Dget_type(dataset.get()), H5Tclose);
    const bool unsigned_byte = bytes == 1 && type.ok() && H5Tget_sign(type.get()) == H5T_SGN_NONE;
    if (!type.ok() || H5Tget_class(type.get()) != kind ||
        (bytes != 0 && (H5Tget_size(type.get()) != bytes || !unsigned_byte))) {
      throw Error(Fault::kInput, ErrorCode::kInvalidType,
                  Text(Place(), "'", dataset_name, "' is of another type, expected ",
                       kind == H5T_FLOAT ? "floats" : "uint8"));
    }
    return dataset;
  }

  static std::vector<hsize_t> ShapeOf(const Handle& dataset) {
    const Handle space(H5Dget_space(dataset.get()), H5Sclose);
    const int rank = space.ok() ? H5Sget_simple_extent_ndims(space.get()) : -1;
    std::vector<hsize_t> shape(static_cast<std::size_t>(std::max(rank, 0)));
    if (rank > 0) H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
    return shape;
  }

  void CheckShape(const char* dataset_name, const std::vector<hsize_t>& found,
                  const std::vector<hsize_t>& expected) const {
    if (found == expected) return;
    const auto text = [](const std::vector<hsize_t>& shape) {
      std::string all;
      for (const hsize_t extent : shape) all += Text(all.empty() ? "" : "x", extent);
      return all.empty() ? std::string("a scalar") : all;
    };
    throw Error(
        Fault::kInput, ErrorCode::kInvalidShape,
        Text(Place(), "'", dataset_name, "' is ", text(found), ", expected ", text(expected)));
  }

  void Close() {
    patches_ = {};
    file_ = {};
  }

  std::string name_;
  Handle file_, patches_;
  std::vector<float> poses_;
};

}  // namespace

bool HaveHdf5() { return true; }

std::unique_ptr<const XgazeFile> OpenXgazeFile(const std::filesystem::path& path) {
  return std::make_unique<const Hdf5XgazeFile>(path);
}

}  // namespace vigil
