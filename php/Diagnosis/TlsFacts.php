<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** What a server showed in a TLS handshake. */
final readonly class TlsFacts
{
    /**
     * @param string $subject the common name, or the whole subject
     * @param string $names subjectAltName as OpenSSL writes it; empty where there is none
     * @param int|null $validFrom seconds since the Unix epoch; null where the certificate could not be read
     * @param int|null $validTo the same
     * @param string $fingerprint SHA-256, as `openssl x509 -fingerprint` writes it
     * @param int $chain certificates that were sent
     */
    private function __construct(
        public string $version,
        public string $cipher,
        public string $subject,
        public string $issuer,
        public string $names,
        public ?int $validFrom,
        public ?int $validTo,
        public string $fingerprint,
        public int $chain,
    ) {}

    /** @param resource $socket encrypted, with the certificate captured */
    public static function of($socket): self
    {
        $crypto = stream_get_meta_data($socket)['crypto'] ?? [];
        $captured = stream_context_get_options($socket)['ssl'] ?? [];
        $captured = \is_array($captured) ? $captured : [];
        $certificate = $captured['peer_certificate'] ?? null;
        $parsed = $certificate instanceof \OpenSSLCertificate ? openssl_x509_parse($certificate) : false;
        $parsed = $parsed === false ? [] : $parsed;
        $print = $certificate instanceof \OpenSSLCertificate ? openssl_x509_fingerprint($certificate, 'sha256') : false;
        $extensions = \is_array($parsed['extensions'] ?? null) ? $parsed['extensions'] : [];

        return new self(
            self::text($crypto['protocol'] ?? null, 'TLS'),
            self::text($crypto['cipher_name'] ?? null, 'unknown cipher'),
            self::name($parsed['subject'] ?? null),
            self::name($parsed['issuer'] ?? null),
            self::text($extensions['subjectAltName'] ?? null, ''),
            \is_int($parsed['validFrom_time_t'] ?? null) ? $parsed['validFrom_time_t'] : null,
            \is_int($parsed['validTo_time_t'] ?? null) ? $parsed['validTo_time_t'] : null,
            $print === false ? '' : strtoupper(implode(':', str_split($print, 2))),
            \is_array($captured['peer_certificate_chain'] ?? null) ? \count($captured['peer_certificate_chain']) : 0,
        );
    }

    public function isSelfSigned(): bool
    {
        return $this->subject === $this->issuer && $this->chain <= 1;
    }

    private static function text(mixed $value, string $otherwise): string
    {
        return \is_string($value) && $value !== '' ? $value : $otherwise;
    }

    /** @param mixed $name the parts of a distinguished name */
    private static function name(mixed $name): string
    {
        if (!\is_array($name)) {
            return 'unknown';
        }
        $parts = [];
        foreach ($name as $key => $value) {
            $parts[] = "$key=" . (\is_array($value) ? implode('+', array_filter($value, is_string(...))) : self::text($value, ''));
        }

        return implode(', ', $parts);
    }
}
