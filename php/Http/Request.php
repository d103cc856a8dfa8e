<?php

declare(strict_types=1);

namespace Apn\AmiClient\Http;

/** The head of an HTTP/1 request; none of those answered here has a body. */
final readonly class Request
{
    /** A method is a token (RFC 9110, section 5.6.2); a target has no spaces and nothing that is not printed. */
    private const string LINE = '~^(?<method>[!#$%&\'*+.^_`|\~0-9A-Za-z-]+) (?<target>[\x21-\x7e]+) HTTP/1\.(?<minor>[01])$~D';

    private const string FIELD = '~^(?<name>[!#$%&\'*+.^_`|\~0-9A-Za-z-]+):[ \t]*(?<value>[^\x00\r\n]*?)[ \t]*$~D';

    /** @param array<string, string> $headers by names in lower case */
    private function __construct(public string $method, public string $path, public array $headers) {}

    /**
     * @param string $head up to the empty line, without it
     *
     * @return self|400|413|505 the status to answer with where it cannot be read
     */
    public static function parse(string $head): self|int
    {
        $lines = explode("\r\n", $head);
        $first = array_shift($lines);
        if (preg_match(self::LINE, $first, $line) !== 1) {
            return preg_match('~ HTTP/[2-9]~', $first) === 1 ? 505 : 400;
        }
        $headers = [];
        foreach ($lines as $text) {
            if (preg_match(self::FIELD, $text, $field) !== 1) {
                return 400;
            }
            $name = strtolower($field['name']);
            // Two lengths, or two hosts, are how requests are smuggled; lists may come in several lines.
            if (isset($headers[$name]) && \in_array($name, ['content-length', 'host', 'transfer-encoding'], true)) {
                return 400;
            }
            $headers[$name] = isset($headers[$name]) ? $headers[$name] . ', ' . $field['value'] : $field['value'];
        }
        if ($line['minor'] === '1' && !isset($headers['host'])) {
            return 400;
        }
        if (isset($headers['transfer-encoding']) || ltrim($headers['content-length'] ?? '0', '0') !== '') {
            return 413;
        }

        return new self($line['method'], explode('?', $line['target'], 2)[0], $headers);
    }

    /** Whether the client takes OpenMetrics 1.0, by the header that Prometheus sends. */
    public function acceptsOpenMetrics(): bool
    {
        foreach (explode(',', strtolower($this->headers['accept'] ?? '')) as $range) {
            $parts = array_map(trim(...), explode(';', $range));
            $wanted = static fn(string $part): bool => match (explode('=', $part, 2)[0]) {
                'version' => $part === 'version=1.0.0',
                'q' => preg_match('~^q=0(\.0*)?$~D', $part) !== 1,
                default => true,
            };
            if ($parts[0] === 'application/openmetrics-text' && array_all($parts, $wanted)) {
                return true;
            }
        }

        return false;
    }
}
