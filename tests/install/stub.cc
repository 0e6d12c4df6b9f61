// Lists the models with the generated stub alone.

#include <grpcpp/create_channel.h>
#include <scoreserve/v1/models.grpc.pb.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto stub = scoreserve::v1::Models::NewStub(
      grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  scoreserve::v1::ListModelsResponse response;
  const grpc::Status status = stub->ListModels(&context, {}, &response);
  if (!status.ok()) {
    std::cerr << status.error_message() << "\n";
    return 1;
  }
  for (const auto& model : response.models()) std::cout << model.name() << "\n";
}
