// Printed by make_vectors.py: what another program computes by the formulas of protocol.md,
// "Pairing".
#pragma once

namespace culvert::peering::vectors {

inline constexpr char kCode[] =
    "culvert1-aeaacaqdaqcqmbyibefawdanbyhraeiscmkbkfqxdamrugy4dupb6qcbijbuirkgi5eesss"
    "ljrgu4tyadnuhi5dqom5c6l3hmf2gkltbfzsxqylnobwgkorygq2dgaijmexgk6dbnvygyzicbfrc4zl"
    "ymfwxa3dfbzwwc2lmfzrc4zlymfwxa3dfx7vmxdq";
inline constexpr char kPayload[] =
    "01000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f40414243444546"
    "4748494a4b4c4d4e4f001b68747470733a2f2f676174652e612e6578616d706c653a383434330109"
    "612e6578616d706c650209622e6578616d706c650e6d61696c2e622e6578616d706c65";
inline constexpr char kInvitationId[] = "800e374f0b50c8cb7705c6b5fc40fa27";
inline constexpr char kAcceptMac[] =
    "0b915e6c67e33f55bb2f87115225f12623687ba9f5f3fb017eeb9fd54c3cae61";
inline constexpr char kAnswerMac[] =
    "802d7e8c86ae109b9f2933beda3c84f694ded451e68acd3bb951904516861dcd";
inline constexpr char kTunnelToken[] = "778d7296c87ee4d89384d4bd42a8e896";

}  // namespace culvert::peering::vectors
