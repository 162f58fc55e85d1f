/* The C interface of libvigil, for processes that run T.
 *
 *   vigil_target     T as an ONNX file, run by Vigil, with PE's taps kept
 *   vigil_recorder   T that runs elsewhere (TFLite, ncnn, a vendor's NPU), which pushes its features
 *   vigil_reader     what the evaluator has said of records since, such as that one is beyond T's
 *                    competence and a human should look at it
 *
 * The first two add records to the store that the evaluator drains; neither waits for a disk or for
 * PE, and neither can read a record back where the store is sealed.
 *
 * Errors: a function that can fail returns a vigil_status, VIGIL_OK or a family of faults, and then
 * vigil_error() has one line that names what was wrong. No C++ exception leaves any function. Where
 * a function fails its out parameters are as they were.
 *
 * Threads: a handle belongs to one thread at a time, but for what says otherwise. Different handles
 * are independent. vigil_error() is the calling thread's.
 *
 * ABI: structures begin with their size, which callers set to sizeof; fields are only ever added at
 * the end, and those that a caller's size does not reach have their defaults. Numbers are never
 * changed. */
#ifndef VIGIL_ESTIMATOR_API_VIGIL_H_
#define VIGIL_ESTIMATOR_API_VIGIL_H_

#include <stddef.h>
#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming,modernize-*): C, in C's names */

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t vigil_status;
enum {
  VIGIL_OK = 0,
  VIGIL_MODEL_FAULT = 1,    /* a wrong or unsupported architecture or model file */
  VIGIL_INPUT_FAULT = 2,    /* shape, type or value of data; a file that cannot be read */
  VIGIL_TRAINING_FAULT = 3, /* never from here */
  VIGIL_GPU_FAULT = 4,      /* out of memory, device lost, driver */
  VIGIL_API_FAULT = 5,      /* misuse of this interface */
  VIGIL_OTHER_FAULT = 99    /* out of memory on the host, and what should not happen */
};

/* Of this thread's last failure; "" where there was none. Valid until the thread's next call. */
const char* vigil_error(void);
/* "0.1.0" */
const char* vigil_version(void);

typedef int32_t vigil_dtype;
enum {
  VIGIL_FLOAT32 = 0,
  VIGIL_FLOAT16 = 1,
  VIGIL_INT8 = 2,
  VIGIL_UINT8 = 3,
  VIGIL_INT32 = 4
};
typedef int32_t vigil_layout;
enum { VIGIL_NCHW = 0, VIGIL_NHWC = 1 };
typedef int32_t vigil_encoding;
enum { VIGIL_ENCODING_FLOAT32 = 0, VIGIL_ENCODING_FLOAT16 = 1, VIGIL_ENCODING_INT8 = 2 };

/* Where records go, and how many. Zero and NULL stand for the defaults. */
typedef struct vigil_store_options {
  uint32_t size;          /* sizeof(vigil_store_options) */
  uint32_t epoch_records; /* kept of an hour at most, a fair sample; 1024 */
  const char* path;       /* of the store's file; made where it is missing */
  const char* public_key; /* file of the evaluator's public key, which records are sealed for; NULL:
                             not sealed, so that who may read the file can read the features */
  const char* activity;   /* file by which the evaluator sees T at work, such as
                             /run/vigil/activity; NULL: none */
  uint64_t max_bytes;     /* of the store; 512 MiB */
  uint32_t queue;         /* records between T and the writer; 16, at most 64 */
  uint32_t records_an_hour; /* appended by all processes together, at most; 36,000 */
  uint32_t mib_a_day;       /* written to the flash by all processes, the journal included; 500 */
  uint32_t reserved;        /* 0 */
  const char* group;        /* whose members may open the store (0660); NULL: its owner alone */
} vigil_store_options;

/* ---- T run by Vigil ---- */

typedef struct vigil_target vigil_target;

typedef struct vigil_target_options {
  uint32_t size;            /* sizeof(vigil_target_options) */
  vigil_encoding encoding;  /* of the taps that are kept */
  const char* model;        /* T's ONNX file */
  const char* estimator;    /* PE's ONNX file, which names the taps; NULL: `taps` */
  const char* const* taps;  /* names of T's values, NULL at the end; NULL: PE's */
  const char* backend;      /* "auto" (NULL), "vulkan", "cpu", "reference" */
  uint32_t threads;         /* of the CPU; 0: all */
  uint32_t reserved;        /* 0 */
} vigil_target_options;

/* Compiles T and opens the store: seconds, not for T's time-critical part. */
vigil_status vigil_target_open(const vigil_target_options* target,
                               const vigil_store_options* store, vigil_target** out);
/* Numbers of float32 values that vigil_target_run reads and writes. */
vigil_status vigil_target_sizes(const vigil_target* target, size_t* input, size_t* output);
/* One inference, on T's thread. `input` in T's own form and normalisation. `kept` (may be NULL)
 * becomes 1 where the inference is in the sample. Where the device is lost the CPU answers. */
vigil_status vigil_target_run(vigil_target* target, const float* input, size_t input_values,
                              float* output, size_t output_values, int32_t* kept);
/* Waits until what was kept is stored. */
vigil_status vigil_target_flush(vigil_target* target);
/* Stores what was kept. NULL is fine. */
void vigil_target_close(vigil_target* target);

/* ---- T that runs elsewhere ---- */

typedef struct vigil_recorder vigil_recorder;

typedef struct vigil_feature {
  const char* name;        /* of PE's tap */
  const int64_t* shape;    /* NCHW (or NC), of one sample: shape[0] is 1 */
  uint32_t rank;
  vigil_encoding encoding; /* how it is kept; PE learned from VIGIL_ENCODING_INT8 where not told
                              otherwise */
} vigil_feature;

typedef struct vigil_recorder_options {
  uint32_t size;                 /* sizeof(vigil_recorder_options) */
  uint32_t feature_count;
  const vigil_feature* features; /* every record has all of them */
  const char* model;             /* T's file, by whose hash records name their model */
  uint32_t outputs;              /* values of T's output row */
  uint32_t reserved;             /* 0 */
  const char* input_schema;      /* file that says what T's inputs look like, for vigil_record_input:
                                    T as ONNX, or the JSON of `vigil dataset schema --output`; NULL:
                                    inputs are not checked */
} vigil_recorder_options;

vigil_status vigil_recorder_open(const vigil_recorder_options* recorder,
                                 const vigil_store_options* store, vigil_recorder** out);
/* T is about to run. `keep` (may be NULL) becomes 1 where its features are wanted. */
vigil_status vigil_record_begin(vigil_recorder* recorder, int32_t* keep);
/* What T is given, in T's own form and normalisation: after vigil_record_begin, for every inference,
 * kept or not, or for none. It is looked at during the call and not kept. A kept record gets its
 * statistics (mean and deviation of each channel, least and greatest value), from which drift of the
 * inputs is told; with `input_schema` every input is checked as vigil_target_run does it, and a
 * violation marks the record and is counted. float32 in NCHW is read where it lies, some
 * microseconds; anything else is converted first. VIGIL_INPUT_FAULT for values that are not finite
 * and for another shape than the schema's: that is counted too, and the inference may go on. */
vigil_status vigil_record_input(vigil_recorder* recorder, vigil_dtype dtype, const int64_t* shape,
                                uint32_t rank, vigil_layout layout, float scale,
                                int32_t zero_point, const void* data);
/* A feature of the inference that runs, copied; any time before vigil_record_finish, in any order.
 * Nothing happens where the inference is not kept. `shape` is in the order of `layout`. Of integers
 * the value is scale * (stored - zero_point). */
vigil_status vigil_record_push(vigil_recorder* recorder, const char* name, vigil_dtype dtype,
                               const int64_t* shape, uint32_t rank, vigil_layout layout,
                               float scale, int32_t zero_point, const void* data);
/* A slice key of the record, such as "camera": "front". At most 16 a record; kept in the open. */
vigil_status vigil_record_tag(vigil_recorder* recorder, const char* key, const char* value);
/* T is done: its output row of `outputs` values. Where this fails the record is dropped. */
vigil_status vigil_record_finish(vigil_recorder* recorder, vigil_dtype dtype, float scale,
                                 int32_t zero_point, const void* output);
/* T failed: nothing is kept of this inference. */
vigil_status vigil_record_abandon(vigil_recorder* recorder);
/* Waits until what was kept is stored. */
vigil_status vigil_recorder_flush(vigil_recorder* recorder);
/* Records chosen and not stored: the queue was full, or the store refused. From any thread. */
vigil_status vigil_recorder_dropped(const vigil_recorder* recorder, uint64_t* dropped);
/* Stores what was kept. NULL is fine. */
void vigil_recorder_close(vigil_recorder* recorder);

/* ---- What the evaluator said ----
 *
 * T's process keeps the picture of an inference (or whatever a human would want to see) under a
 * name of its own; Vigil keeps none. What connects the two is the record's id:
 *
 *   uint64_t kept_count = 0;                       // inferences for which `kept` became 1
 *   vigil_target_run(target, input, n, output, m, &kept);
 *   if (kept) my_pictures[kept_count++] = picture; // the application's own, bounded
 *
 * and later, on a thread that may wait for a disk, since the reader asks the store:
 *
 *   vigil_reader* reader = NULL;
 *   if (vigil_reader_open("/var/lib/vigil/records.db", &reader)) give_up(vigil_error());
 *   for (uint64_t number = oldest; number < kept_count; ++number) {
 *     int64_t id = 0;
 *     vigil_target_record(target, number, &id);    // 0: not stored (yet)
 *     vigil_verdict verdict = {.size = sizeof verdict};
 *     int32_t found = 0;
 *     vigil_reader_verdict(reader, id, &verdict, &found);
 *     if (found && (verdict.flags & VIGIL_BEYOND_COMPETENCE)) show_to_a_human(my_pictures[number]);
 *     if (found) forget(number);
 *   }
 *   vigil_reader_close(reader);
 *
 * The evaluator judges when the device is idle, minutes to hours after the inference; a record that
 * it replaced by another of the same hour's sample, or that expired, is never judged. There is no
 * faster way: an answer with the very next result would be one about another image. */

/* The id of a record, by its number among the inferences that this handle kept, from 0: 0 where it
 * is not stored, or not yet. From any thread. */
vigil_status vigil_target_record(const vigil_target* target, uint64_t number, int64_t* id);
vigil_status vigil_recorder_record(const vigil_recorder* recorder, uint64_t number, int64_t* id);

typedef struct vigil_reader vigil_reader;

enum {
  VIGIL_JUDGED_WRONG = 1,     /* PE's decision: T's answer is wrong */
  VIGIL_BEYOND_COMPETENCE = 2 /* a human should look: `beyond` has reached the threshold of its
                                 budget (say the 5 % of records that are likeliest wrong) */
};

typedef struct vigil_verdict {
  uint32_t size;      /* sizeof(vigil_verdict) */
  uint32_t flags;     /* of those above */
  int64_t record;
  int64_t time;       /* of the inference, microseconds since 1970 */
  float p_correct;    /* that T's answer is right, calibrated */
  float beyond;       /* that it is wrong, from PE and all monitors; NaN: nobody combines them */
  float outlier;      /* share of known records less unlike T's training; NaN: no such monitor */
  float flip_rate;    /* share of small changes of the features that turn T's answer; or NaN */
} vigil_verdict;

/* Opens a store for reading; it must exist. Needs no key: verdicts are not sealed. */
vigil_status vigil_reader_open(const char* path, vigil_reader** out);
/* `verdict->size` says how much of it is the caller's. `found` becomes 0, and the rest stays as it
 * was, where the record is not judged, or its verdict has gone (the store keeps the newest). */
vigil_status vigil_reader_verdict(vigil_reader* reader, int64_t record, vigil_verdict* verdict,
                                  int32_t* found);
/* Ids greater than `after` of records beyond competence, ascending, at most `capacity` of them;
 * `count` becomes how many. Records of one hour are judged in random order, so that a smaller id
 * may still follow: ask again from the newest id that is an hour old. */
vigil_status vigil_reader_flagged(vigil_reader* reader, int64_t after, int64_t* ids,
                                  size_t capacity, size_t* count);
/* NULL is fine. */
void vigil_reader_close(vigil_reader* reader);

/* ---- What was wrong with an input ---- */

/* Bits. Where T's file holds what its inputs look like (`vigil dataset schema`), every input is
 * checked; a violation marks the record, is counted in the store, and changes nothing of T's answer.
 * Without it only the first and the last are found. */
enum {
  VIGIL_INPUT_NOT_FINITE = 1 << 0,       /* NaN or infinities; the run failed */
  VIGIL_INPUT_OUT_OF_RANGE = 1 << 1,
  VIGIL_INPUT_NORMALISATION = 1 << 2,    /* not normalised, or in another way, or twice */
  VIGIL_INPUT_CHANNELS_SWAPPED = 1 << 3, /* BGR for RGB */
  VIGIL_INPUT_TRANSPOSED = 1 << 4,       /* NHWC for NCHW */
  VIGIL_INPUT_CONSTANT = 1 << 5,
  VIGIL_INPUT_SATURATED = 1 << 6,
  VIGIL_INPUT_REPEATED = 1 << 7,         /* the same input again and again */
  VIGIL_INPUT_MISSING_FEATURE = 1 << 8,
  VIGIL_INPUT_WRONG_FORM = 1 << 9        /* shape or type; the run failed */
};

/* Of the handle's last vigil_target_run, also one that failed: 0 where nothing was found. */
vigil_status vigil_target_violations(const vigil_target* target, uint32_t* violations);
/* Of the vigil_record_input of the inference that began last. */
vigil_status vigil_recorder_violations(const vigil_recorder* recorder, uint32_t* violations);
/* One bit's name, "channels-swapped", and a sentence that says what to look at; NULL for what is
 * not one of the bits above. The texts live as long as the library. */
const char* vigil_violation_name(uint32_t violation);
const char* vigil_violation_text(uint32_t violation);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming,modernize-*) */

#endif /* VIGIL_ESTIMATOR_API_VIGIL_H_ */
