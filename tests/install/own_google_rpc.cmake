# What an application does that brings google.rpc along: a target of the name
# scoreserve::google_rpc that exists before find_package(scoreserve).
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_path(protos google/rpc/status.proto PATH_SUFFIXES share/scoreserve/proto
  REQUIRED)
foreach(name status error_details)
  set(stem ${CMAKE_CURRENT_BINARY_DIR}/google/rpc/${name}.pb)
  add_custom_command(OUTPUT ${stem}.cc ${stem}.h
    COMMAND protobuf::protoc -I${protos} --cpp_out=${CMAKE_CURRENT_BINARY_DIR}
      google/rpc/${name}.proto VERBATIM)
  list(APPEND sources ${stem}.cc)
endforeach()
add_library(own_google_rpc STATIC ${sources})
target_include_directories(own_google_rpc PUBLIC ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(own_google_rpc PUBLIC protobuf::libprotobuf)
add_library(scoreserve::google_rpc ALIAS own_google_rpc)
