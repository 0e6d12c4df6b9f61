# The target scoreserve_libtorch: any unpacked LibTorch, named by
# SCORESERVE_TORCH_ROOT (cache or environment), else the one that `./run` put
# under .deps/.
#
# LibTorch's headers bring an old protobuf and fmt along. -idirafter lets the
# system's win; find_package(Torch) would let LibTorch's.
if(NOT SCORESERVE_TORCH_ROOT)
  set(SCORESERVE_TORCH_ROOT $ENV{SCORESERVE_TORCH_ROOT})
endif()
if(NOT SCORESERVE_TORCH_ROOT)
  file(GLOB SCORESERVE_TORCH_ROOT
    ${CMAKE_SOURCE_DIR}/.deps/torch/lib/python3*/site-packages/torch)
endif()
set(SCORESERVE_TORCH_ROOT "${SCORESERVE_TORCH_ROOT}" CACHE PATH
  "An unpacked LibTorch: the folder that holds include/ and lib/")
if(NOT EXISTS "${SCORESERVE_TORCH_ROOT}/include/ATen/ATen.h")
  message(FATAL_ERROR "There is no LibTorch at '${SCORESERVE_TORCH_ROOT}'. "
    "`./run build` fetches one; -DSCORESERVE_TORCH_ROOT=DIR names yours.")
endif()

add_library(scoreserve_libtorch INTERFACE)
target_compile_options(scoreserve_libtorch INTERFACE
  "SHELL:-idirafter ${SCORESERVE_TORCH_ROOT}/include"
  "SHELL:-idirafter ${SCORESERVE_TORCH_ROOT}/include/torch/csrc/api/include")
target_link_libraries(scoreserve_libtorch INTERFACE
  ${SCORESERVE_TORCH_ROOT}/lib/libtorch.so
  ${SCORESERVE_TORCH_ROOT}/lib/libtorch_cpu.so
  ${SCORESERVE_TORCH_ROOT}/lib/libc10.so)
# A CUDA build's operators register themselves when this library is loaded, but
# nothing refers to it by name. What it needs in turn it finds by itself.
set(torch_cuda ${SCORESERVE_TORCH_ROOT}/lib/libtorch_cuda.so)
if(EXISTS ${torch_cuda})
  target_link_options(scoreserve_libtorch INTERFACE
    -Wl,--push-state,--no-as-needed,${torch_cuda},--pop-state
    -Wl,--allow-shlib-undefined)
endif()
