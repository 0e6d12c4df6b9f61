// fontconfig never gives back what it found out about the fonts. No test of its
// own: this tells the leak sanitizer, and nobody else calls it.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\n";
}
