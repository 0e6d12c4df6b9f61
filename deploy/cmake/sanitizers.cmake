option(SCORESERVE_FUZZ "Let the fuzzers search; needs clang" OFF)
if(SCORESERVE_FUZZ)
  # Our libraries tell the fuzzer which branches an input took.
  set(SCORESERVE_SANITIZE address,fuzzer-no-link)
endif()
if(SCORESERVE_SANITIZE)
  add_compile_options(-fsanitize=${SCORESERVE_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${SCORESERVE_SANITIZE})
endif()
