/* T runs elsewhere: a complete program that pushes what another runtime computed. In place of that runtime stands a
 * loop that makes up a feature map and an output row. */
#include <stdio.h>
#include <vigil.h>

static int check(vigil_status status, const char* doing) {
  if (status == VIGIL_OK) return 1;
  fprintf(stderr, "consumer: %s: %s\n", doing, vigil_error());
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: pushed MODEL STORE\n");
    return 2;
  }
  const int64_t kept_shape[4] = {1, 2, 4, 4}; /* as PE reads it: channels first */
  const int64_t shape[4] = {1, 4, 4, 2};      /* as this runtime has it: channels last */
  const int64_t input_shape[4] = {1, 4, 4, 3};
  const vigil_feature feature = {"features", kept_shape, 4, VIGIL_ENCODING_INT8};
  vigil_recorder_options recorder_options = {0};
  recorder_options.size = sizeof recorder_options;
  recorder_options.feature_count = 1;
  recorder_options.features = &feature;
  recorder_options.model = argv[1];
  recorder_options.outputs = 3;
  vigil_store_options store = {0};
  store.size = sizeof store;
  store.path = argv[2];
  store.queue = 64;

  vigil_recorder* recorder = NULL;
  if (!check(vigil_recorder_open(&recorder_options, &store, &recorder), "opening")) return 1;
  int fine = 1;
  for (int i = 0; i < 20 && fine; ++i) {
    int32_t keep = 0;
    fine = check(vigil_record_begin(recorder, &keep), "beginning");
    uint8_t features[32];
    for (int k = 0; k < 32; ++k) features[k] = (uint8_t)(i + k);
    const float output[3] = {0.1f * (float)i, 0.0f, 1.0f};
    uint8_t image[48];
    for (int k = 0; k < 48; ++k) image[k] = (uint8_t)(i + 5 * k);
    /* Looked at and forgotten: its statistics tell drift, and a schema of T's inputs what is wrong with them. */
    fine = fine && check(vigil_record_input(recorder, VIGIL_UINT8, input_shape, 4, VIGIL_NHWC, 1.0f / 255.0f, 0, image),
                         "showing the input");
    /* Of an inference that is not kept nothing needs to be fetched from the device. */
    if (keep) {
      fine = fine && check(vigil_record_push(recorder, "features", VIGIL_UINT8, shape, 4, VIGIL_NHWC, 0.05f, 128, features),
                           "pushing");
    }
    fine = fine && check(vigil_record_tag(recorder, "camera", "front"), "tagging");
    fine = fine && check(vigil_record_finish(recorder, VIGIL_FLOAT32, 1.0f, 0, output), "finishing");
  }
  uint64_t dropped = 0;
  fine = fine && check(vigil_recorder_flush(recorder), "flushing");
  fine = fine && check(vigil_recorder_dropped(recorder, &dropped), "counting");
  vigil_recorder_close(recorder);
  if (fine) printf("consumer: vigil %s kept 20 inferences but %d\n", vigil_version(), (int)dropped);
  return fine ? 0 : 1;
}
