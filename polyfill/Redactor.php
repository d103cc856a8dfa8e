<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Hides secrets as the client's own logs do, for the application's logs.
 *
 * By the names of values (passwords, secrets, tokens, keys, PINs, credentials of SIP), and by what they look like
 * (`secret=...`, `sip:user:...@host`); `docs/logging.md` says what else, and what it cannot know.
 */
final class Redactor
{
    use Polyfill\Unique;

    private readonly Polyfill\Secrets $secrets;

    /** @param ClientOptions|null $options whose `redaction...` options come on top of the built-in rules */
    public function __construct(?ClientOptions $options = null)
    {
        $this->secrets = new Polyfill\Secrets($options);
    }

    /**
     * A value with `***` in the place of secrets. Arrays are gone through, keys included, 32 levels deep and up to 10,000
     * elements; what is beyond is hidden or left out. Objects stay what they are.
     */
    public function redact(#[\SensitiveParameter] mixed $value): mixed
    {
        return $this->secrets->value($value);
    }

    /** A text with `***` in the place of secrets. */
    public function text(#[\SensitiveParameter] string $text): string
    {
        return $this->secrets->text($text);
    }
}
