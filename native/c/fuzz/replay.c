/* Runs a target over files, without libFuzzer: what was once found stays mended. `replay FILE...` */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int count, char **paths) {
  for (int index = 1; index < count; index += 1) {
    FILE *file = fopen(paths[index], "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) return 2;
    size_t length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(length > 0 ? length : 1);
    if (bytes == NULL || fread(bytes, 1, length, file) != length) return 2;
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, length);
    free(bytes);
  }
  printf("%d files\n", count - 1);
  return 0;
}
