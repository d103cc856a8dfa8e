<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * Any action by its name and headers.
 *
 * Immutable. Everything that Asterisk would read otherwise, or answer late or twice, is refused here, so that what
 * could be made can be sent. Objects cannot be cloned or serialized, and take no further properties.
 */
final class GenericAction implements Action
{
    use Polyfill\Unique;

    private readonly string $name;

    /** @var list<array{string, string}> in the order of sending */
    private readonly array $lines;

    private readonly ?CompletionStrategy $completionStrategy;

    /**
     * Values become text: booleans `true` and `false`, numbers in their shortest form, Stringable objects what they say
     * at this moment. A list repeats the header, once for each value; null, and an empty list, leave the header out.
     * Bytes are sent as they are, in whatever encoding.
     *
     * An `Originate` without an `Async` header gets `Async: true`, since a synchronous one silences the whole session
     * until the call ends; `'Async' => false` asks for that.
     *
     * @param string $name not empty
     * @param array<string, string|int|float|bool|\Stringable|null|list<string|int|float|bool|\Stringable|null>> $headers values by header name; at most 128 header lines, `Action` and `ActionID` counted, of at most 1,024
     *     bytes with `: ` and CRLF; left out of stack traces, as variables may hold secrets
     * @param CompletionStrategy|null $completionStrategy null lets the action decide: a response and the list that it
     *     announces, the result of an asynchronous `Originate`, the limited output of a `Command`
     *
     * @throws InvalidConfigurationException where a name or a value holds CR, LF or NUL, a line or the number of lines
     *     is over its limit, a value has no text, or a header is `Action` or `ActionID`; key() is the header or the
     *     argument
     */
    public function __construct(
        string $name,
        #[\SensitiveParameter]
        array $headers = [],
        ?CompletionStrategy $completionStrategy = null,
    ) {
        $this->name = Polyfill\Headers::name($name);
        $this->lines = Polyfill\Headers::read($this->name, $headers);
        $this->completionStrategy = $completionStrategy;
    }

    /** The name as it was given. */
    public function name(): string
    {
        return $this->name;
    }

    /**
     * The headers without `Action` and `ActionID` as texts, by the name first used; one that repeats, in whatever case,
     * is a list.
     *
     * @return array<string, string|non-empty-list<string>>
     */
    public function headers(): array
    {
        $names = $headers = [];
        foreach ($this->lines as [$key, $value]) {
            $headers[$names[strtolower($key)] ??= $key][] = $value;
        }

        return array_map(static fn(array $values): string|array => \count($values) === 1 ? $values[0] : $values, $headers);
    }

    /** The strategy that was given; null where none was. */
    public function completionStrategy(): ?CompletionStrategy
    {
        return $this->completionStrategy;
    }
}
