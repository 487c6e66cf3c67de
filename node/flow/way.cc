#include "node/flow/way.h"

namespace culvert::node {

std::optional<Way> way_of(Path decided, const Domain& domain) {
  switch (decided) {
    case Path::inside:
      return Way{store::DeliveryPath::inside, ""};
    case Path::tunnel:
      return Way{store::DeliveryPath::tunnel, domain.text()};
    case Path::clear:
      return Way{store::DeliveryPath::clear, domain.text()};
    case Path::refuse:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace culvert::node
