<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * Encrypts and authenticates what is in Redis (AES-256-GCM), so that who can read there sees no number and no variable of a call,
 * and who can write there cannot place one.
 *
 * Each message has a key of its own, derived with a random salt: random nonces of GCM would not last for ever under one key.
 */
final readonly class Seal
{
    /** A shorter key could be guessed. */
    public const int MIN_KEY_BYTES = 16;

    private const string CIPHER = 'aes-256-gcm';

    private const string VERSION = "\x01";

    private const int SALT_BYTES = 16;

    private const int NONCE_BYTES = 12;

    private const int TAG_BYTES = 16;

    /** @var \SensitiveParameterValue<non-falsy-string> */
    private \SensitiveParameterValue $key;

    /** @throws InvalidConfigurationException where the key is too short */
    public function __construct(#[\SensitiveParameter] string $key)
    {
        if (\strlen($key) < self::MIN_KEY_BYTES) {
            throw Exceptions::invalid('gateway.key', null, 'gateway.key: has ' . \strlen($key) . ' bytes, but must have at least ' . self::MIN_KEY_BYTES);
        }
        $this->key = new \SensitiveParameterValue($key);
    }

    /** @param string $context what it is and to what it belongs; it opens only with the same */
    public function close(#[\SensitiveParameter] string $plain, string $context): string
    {
        $salt = random_bytes(self::SALT_BYTES);
        $nonce = random_bytes(self::NONCE_BYTES);
        $tag = '';
        $sealed = openssl_encrypt($plain, self::CIPHER, $this->keyFor($salt), OPENSSL_RAW_DATA, $nonce, $tag, $context, self::TAG_BYTES);
        if ($sealed === false) {
            throw new \RuntimeException('openssl cannot encrypt with ' . self::CIPHER);
        }

        return self::VERSION . $salt . $nonce . $tag . $sealed;
    }

    /** @return string|null null where it is no such thing, was changed, belongs elsewhere, or was closed with another key */
    public function open(string $sealed, string $context): ?string
    {
        $head = 1 + self::SALT_BYTES + self::NONCE_BYTES + self::TAG_BYTES;
        if (\strlen($sealed) < $head || $sealed[0] !== self::VERSION) {
            return null;
        }
        $nonce = substr($sealed, 1 + self::SALT_BYTES, self::NONCE_BYTES);
        $tag = substr($sealed, $head - self::TAG_BYTES, self::TAG_BYTES);
        $key = $this->keyFor(substr($sealed, 1, self::SALT_BYTES));
        $plain = openssl_decrypt(substr($sealed, $head), self::CIPHER, $key, OPENSSL_RAW_DATA, $nonce, $tag, $context);

        return $plain === false ? null : $plain;
    }

    /** Tells two texts apart without telling what they are. */
    public function fingerprint(#[\SensitiveParameter] string $text): string
    {
        return hash_hmac('sha256', $text, $this->secret());
    }

    private function keyFor(string $salt): string
    {
        return hash_hkdf('sha256', $this->secret(), 32, 'apn/ami-client gateway', $salt);
    }

    private function secret(): string
    {
        return $this->key->getValue();
    }
}
