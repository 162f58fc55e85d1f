/* T is run by Vigil: a complete program. */
#include <stdio.h>
#include <stdlib.h>
#include <vigil.h>

static int check(vigil_status status, const char* doing) {
  if (status == VIGIL_OK) return 1;
  fprintf(stderr, "consumer: %s: %s\n", doing, vigil_error());
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 4 && argc != 6) {
    fprintf(stderr, "usage: linked TARGET ESTIMATOR STORE [PUBLIC_KEY ACTIVITY]\n");
    return 2;
  }
  vigil_target_options options = {0};
  options.size = sizeof options;
  options.encoding = VIGIL_ENCODING_INT8;
  options.model = argv[1];
  options.estimator = argv[2];
  options.backend = "cpu";
  vigil_store_options store = {0};
  store.size = sizeof store;
  store.path = argv[3];
  if (argc == 6) { /* the service is there: seal for it, and show it when T works */
    store.public_key = argv[4];
    store.activity = argv[5];
  }

  vigil_target* target = NULL;
  if (!check(vigil_target_open(&options, &store, &target), "opening")) return 1;
  size_t inputs = 0, outputs = 0;
  int fine = check(vigil_target_sizes(target, &inputs, &outputs), "sizing");
  float* image = calloc(inputs, sizeof *image); /* a grey picture in T's own normalisation */
  float* answer = calloc(outputs, sizeof *answer);
  int kept = 0;
  for (int i = 0; i < 5 && fine; ++i) {
    int32_t keep = 0;
    fine = check(vigil_target_run(target, image, inputs, answer, outputs, &keep), "running");
    kept += keep;
  }
  fine = fine && check(vigil_target_flush(target), "flushing");
  vigil_target_close(target);
  free(image);
  free(answer);
  if (fine) printf("consumer: T ran 5 times, %d kept\n", kept);
  return fine && kept == 5 ? 0 : 1;
}
