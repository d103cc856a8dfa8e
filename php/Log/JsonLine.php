<?php

declare(strict_types=1);

namespace Apn\AmiClient\Log;

use Apn\AmiClient\Redactor;

/**
 * A log record as one line of JSON.
 *
 * Whatever is in a context becomes a line: bytes that are no UTF-8 become U+FFFD, what has no form of its own becomes its
 * type, and what is too long or too deep is cut and says so. Secrets are hidden as in the client's own records.
 */
final readonly class JsonLine
{
    /** Arrays and exceptions within one another. */
    private const int DEPTH = 8;

    /** Elements of an array. */
    private const int ELEMENTS = 200;

    /** Bytes of a text. */
    private const int TEXT_BYTES = 8_192;

    /** Bytes of all texts and keys of a line, so that it stays under LineWriter::LINE_BYTES even where each byte is escaped. */
    private const int LINE_TEXT_BYTES = 32_768;

    /** What each element counts as besides its key: arrays of arrays of numbers have an end, too. */
    private const int ELEMENT_BYTES = 32;

    /** Calls of a trace, the innermost. */
    private const int CALLS = 30;

    private const int FLAGS = JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION
        | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;

    public function __construct(private Redactor $redactor = new Redactor()) {}

    /**
     * @param array<array-key, mixed> $context
     * @param array<string, mixed> $more what else stands beside the context
     */
    public function encode(\DateTimeInterface $time, string $level, string $message, #[\SensitiveParameter] array $context, #[\SensitiveParameter] array $more = []): string
    {
        $left = self::LINE_TEXT_BYTES;
        $record = ['time' => self::time($time), 'level' => $level, 'message' => $this->text($message, $left)];
        foreach (['context' => $context] + $more as $name => $value) {
            $value = $this->plain($value, self::DEPTH, $left);
            $record[$name] = $value === [] ? new \stdClass() : $this->redactor->redact($value);
        }

        return (string) json_encode($record, self::FLAGS, self::DEPTH * 2);
    }

    public static function time(\DateTimeInterface $time): string
    {
        return \DateTimeImmutable::createFromInterface($time)->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.v\Z');
    }

    private function plain(mixed $value, int $depth, int &$left): mixed
    {
        return match (true) {
            $value === null, \is_bool($value), \is_int($value) => $value,
            \is_float($value) => is_finite($value) ? $value : var_export($value, true),
            \is_string($value) => $this->text($value, $left),
            $value instanceof \DateTimeInterface => self::time($value),
            $value instanceof \BackedEnum => $value->value,
            $value instanceof \UnitEnum => $value->name,
            $depth === 0 => '...',
            \is_array($value) => $this->elements($value, $depth - 1, $left),
            $value instanceof \Throwable => $this->exception($value, $depth - 1, $left),
            \is_object($value) => $this->object($value, $depth - 1, $left),
            default => get_debug_type($value),
        };
    }

    /** Hidden in it is what is secret before it is cut: half a secret would not be known as one. */
    private function text(string $text, int &$left): string
    {
        $bytes = \strlen($text);
        $most = max(0, min(self::TEXT_BYTES, $left));
        // Of a very long text not all is gone through; what is cut there is far behind what is shown.
        $text = $this->redactor->text(substr($text, 0, 4 * self::TEXT_BYTES));
        if (\strlen($text) > $most) {
            $text = substr($text, 0, $most) . "... ($bytes bytes)";
        }
        $left -= \strlen($text);

        return $text;
    }

    /**
     * @param array<array-key, mixed> $array
     *
     * @return array<array-key, mixed>
     */
    private function elements(array $array, int $depth, int &$left): array
    {
        $elements = [];
        foreach ($array as $key => $value) {
            if (\count($elements) >= self::ELEMENTS || $left <= 0) {
                $elements['...'] = \count($array) . ' elements';
                break;
            }
            $key = \is_string($key) ? substr($key, 0, 256) : $key;
            $left -= \strlen((string) $key) + self::ELEMENT_BYTES;
            $elements[$key] = $this->plain($value, $depth, $left);
        }

        return $elements;
    }

    /** @return array<string, mixed> */
    private function exception(\Throwable $exception, int $depth, int &$left): array
    {
        $calls = [];
        foreach (\array_slice($exception->getTrace(), 0, self::CALLS) as $call) {
            if ($left <= 0) {
                break;
            }
            $place = isset($call['file']) ? $call['file'] . ':' . ($call['line'] ?? 0) : '[internal]';
            $calls[] = $text = "$place " . ($call['class'] ?? '') . ($call['type'] ?? '') . $call['function'] . '()';
            $left -= \strlen($text);
        }
        $previous = $exception->getPrevious();

        return [
            'class' => $exception::class,
            'message' => $this->text($exception->getMessage(), $left),
            'code' => $exception->getCode(),
            'file' => $exception->getFile(),
            'line' => $exception->getLine(),
            'trace' => $calls,
        ] + ($previous === null ? [] : ['previous' => $this->plain($previous, $depth, $left)]);
    }

    /** What an object says of itself; its properties are its own business. */
    private function object(object $object, int $depth, int &$left): mixed
    {
        try {
            return match (true) {
                $object instanceof \JsonSerializable => $this->plain($object->jsonSerialize(), $depth, $left),
                $object instanceof \Stringable => $this->text((string) $object, $left),
                default => $object::class,
            };
        } catch (\Throwable $thrown) {
            return $object::class . ' threw ' . $thrown::class;
        }
    }
}
