<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

/**
 * Names whose values are secrets. The last word of a name says what it is, and words such as `Digest` only in what form.
 *
 * @internal
 */
final class SecretNames
{
    private const string ENDINGS = '/(passwords?|passwd|passphrase|passcode|secrets?|credentials?|tokens?|authorization|cookie|apikey|privatekey|privkey|secretkey|accesskey|authkey|pincode)\z/';

    private const array WORDS = ['bearer', 'pass', 'pwd', 'pin', 'pins', 'cred', 'creds', 'md5cred', 'psk', 'userpass', 'dbpass'];

    private const array NAMES = ['receivedhash', 'expectedresponse'];

    private const array KEY_OF = [
        'api', 'private', 'priv', 'secret', 'access', 'auth', 'encryption', 'encrypt', 'crypto', 'signing', 'master', 'session', 'ssh', 'shared',
        'hmac', 'aes',
    ];

    private const array FORMS = [
        'hash', 'digest', 'value', 'text', 'string', 'plain', 'plaintext', 'confirm', 'confirmation', 'repeat', 'again', 'old', 'new', 'current',
        'word', 'phrase', 'code', 'number', 'pem', 'md5', 'sha1', 'sha256', 'base64',
    ];

    private const array QUESTIONS = [
        'using', 'uses', 'use', 'has', 'is', 'no', 'require', 'requires', 'need', 'needs', 'allow', 'allows', 'max', 'min', 'num',
    ];

    /** Words of a name that are looked at, its last ones. */
    private const int MAX_WORDS = 8;

    public static function has(string $name): bool
    {
        $words = self::words($name);
        if ($words === [] || (\count($words) > 1 && \in_array($words[0], self::QUESTIONS, true))) {
            return false;
        }
        while ($words !== [] && \in_array($words[\count($words) - 1], self::FORMS, true)) {
            array_pop($words);
        }
        $last = array_pop($words);
        if ($last === null) {
            return false;
        }

        return preg_match(self::ENDINGS, $last) === 1
            || \in_array($last, self::WORDS, true)
            || (($last === 'key' || $last === 'keys') && \in_array(array_pop($words), self::KEY_OF, true))
            || \in_array(strtolower((string) preg_replace('/[^A-Za-z0-9]/', '', $name)), self::NAMES, true);
    }

    /** @return list<string> in lower case */
    private static function words(string $name): array
    {
        // A word begins where a small letter meets a capital, and where a capital follows others and a small letter follows it.
        $parted = (string) preg_replace('/(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])/', ' ', $name);
        $words = preg_split('/[^A-Za-z0-9]+/', strtolower($parted), -1, \PREG_SPLIT_NO_EMPTY);
        // Digits at the end tell a word from others like it; `md5` and its like are words of their own.
        $words = array_map(
            static fn(string $word): string => \in_array($word, self::FORMS, true) ? $word : rtrim($word, '0123456789'),
            $words === false ? [] : $words,
        );

        return \array_slice(array_values(array_filter($words, static fn(string $word): bool => $word !== '')), -self::MAX_WORDS);
    }
}
