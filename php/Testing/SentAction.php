<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\Action;
use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Redactor;

/** An action that a fake took, as a server would have seen it. */
final readonly class SentAction
{
    public string $name;

    /** @var array<string, string|non-empty-list<string>> texts by name; a header that repeats is a list */
    public array $headers;

    public ?CompletionStrategy $completionStrategy;

    /**
     * @param Action $action the object that was sent
     * @param float $sentAt seconds since the Unix epoch by the fake's own time
     *
     * @throws \Apn\AmiClient\InvalidConfigurationException where the action cannot be sent as it is
     */
    public function __construct(
        public Action $action,
        public string $serverKey,
        public string $actionId,
        public float $sentAt,
    ) {
        // What cannot be sent is refused here as the real client refuses it.
        $read = new GenericAction($action->name(), $action->headers());
        $this->name = $read->name();
        $this->headers = $read->headers();
        $this->completionStrategy = $action->completionStrategy();
    }

    /** The first value of a header, its name in any case. */
    public function header(string $name): ?string
    {
        return $this->all($name)[0] ?? null;
    }

    /** @return list<string> all values of a header, its name in any case */
    public function all(string $name): array
    {
        foreach ($this->headers as $key => $value) {
            if (strcasecmp($key, $name) === 0) {
                return (array) $value;
            }
        }

        return [];
    }

    /** One line for people; secrets are not shown. */
    public function describe(): string
    {
        $shown = [];
        $headers = new Redactor()->redact($this->headers);
        foreach (\is_array($headers) ? $headers : [] as $key => $values) {
            foreach ((array) $values as $value) {
                $shown[] = $key . ': ' . (\is_scalar($value) ? $value : '***');
            }
        }

        return "$this->name to \"$this->serverKey\"" . ($shown === [] ? '' : ' (' . implode(', ', $shown) . ')');
    }
}
