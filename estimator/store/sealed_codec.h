// Payloads that only the evaluator can open.
#ifndef VIGIL_ESTIMATOR_STORE_SEALED_CODEC_H_
#define VIGIL_ESTIMATOR_STORE_SEALED_CODEC_H_

#include <memory>

#include "estimator/store/keys.h"
#include "estimator/store/payload_codec.h"

namespace vigil {

// Named "sealed". What it makes of a payload, with libsodium:
//   32 bytes   an X25519 public key made for this record alone, whose secret half is forgotten
//   the rest   XChaCha20-Poly1305 of the payload under BLAKE2b("vigil record 1" | shared secret |
//              that key | the evaluator's key), with nonce 0, since no key is used twice
// Authenticated with it: record id, hash of T, schema version. A byte that changed, a payload at
// another record and another evaluator's payload do not open.

// For T's processes, which can seal and not open.
std::shared_ptr<const PayloadCodec> SealingCodec(const PublicKey& evaluator);
// For the evaluator: seals with the newest key, opens with all. REQUIRES: not empty.
std::shared_ptr<const PayloadCodec> OpeningCodec(KeyRing ring);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_SEALED_CODEC_H_
