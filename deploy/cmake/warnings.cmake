# scoreserve_warnings: linked PRIVATE by every target of ours, so that nobody
# who uses the client library inherits our flags.
option(SCORESERVE_WERROR "Warnings are errors" OFF)

add_library(scoreserve_warnings INTERFACE)
target_compile_options(scoreserve_warnings INTERFACE -Wall -Wextra -Wpedantic)
if(SCORESERVE_WERROR)
  target_compile_options(scoreserve_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(scoreserve_warnings INTERFACE
    -Wthread-safety -Werror=thread-safety)
endif()
