#include "node/peers/tls_files.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>

namespace alleycat {

namespace {

template <auto Free>
struct freed_by {
  template <class Thing>
  void operator()(Thing* thing) const {
    Free(thing);
  }
};
using context_ptr = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using check_ptr = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;

std::string last_error() {
  const auto code = ERR_peek_last_error();
  const auto* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "not in PEM format" : reason;
}

/// Nobody is there to be asked for a password.
int no_password(char*, int, int, void*) {
  return -1;
}

/// Nodes dial and are dialled: a certificate must do for both.
std::optional<std::string> fault_in_purpose(SSL_CTX* context, int purpose) {
  const check_ptr check{X509_STORE_CTX_new()};
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(context, &chain);
  if (X509_STORE_CTX_init(check.get(), SSL_CTX_get_cert_store(context), SSL_CTX_get0_certificate(context), chain) !=
          1 ||
      X509_STORE_CTX_set_purpose(check.get(), purpose) != 1)
    return last_error();
  if (X509_verify_cert(check.get()) == 1)
    return std::nullopt;
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(check.get()));
}

} // namespace

std::optional<std::string> fault_in_tls(const peer_tls& files) {
  for (const auto& file : {files.certificate, files.key, files.ca})
    if (!std::ifstream{file}.good())
      return "cannot read " + file.string();
  ERR_clear_error();
  const context_ptr context{SSL_CTX_new(TLS_method())};
  SSL_CTX_set_default_passwd_cb(context.get(), no_password);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
    return files.certificate.string() + " is no certificate: " + last_error();
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return files.key.string() + " is no private key of " + files.certificate.string() + ": " + last_error();
  if (SSL_CTX_load_verify_locations(context.get(), files.ca.c_str(), nullptr) != 1)
    return files.ca.string() + " is no certificate: " + last_error();
  for (const int purpose : {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT})
    if (const auto fault = fault_in_purpose(context.get(), purpose))
      return "no node would take " + files.certificate.string() + " by " + files.ca.string() + ": " + *fault;
  return std::nullopt;
}

} // namespace alleycat
