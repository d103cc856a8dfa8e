<?php

declare(strict_types=1);

namespace Apn\AmiClient\Testing;

use Apn\AmiClient\ActionCancelledException;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\AsyncEvent;
use Apn\AmiClient\Command;
use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\EventList;
use Apn\AmiClient\EventName;
use Apn\AmiClient\EventOnly;
use Apn\AmiClient\MissingResponseException;
use Apn\AmiClient\MultiEvent;
use Apn\AmiClient\ProtocolException;
use Apn\AmiClient\SingleResponse;

/**
 * When an action of a fake is complete, and how it went: the rules of docs/completion.md.
 *
 * @phpstan-import-type Headers from Frames
 *
 * @internal
 */
final class Completion
{
    private const int LIST_MS = 60_000;

    private const int ORIGINATE_GRACE_MS = 10_000;

    private const int DEFAULT_RINGING_MS = 30_000;

    /** Null where the action itself decides: its response, and the list that this announces. */
    private readonly ?CompletionStrategy $strategy;

    private bool $complete = false;

    private ?\Throwable $error = null;

    private ?AmiResponse $response = null;

    /** @var list<AmiEvent> */
    private array $events = [];

    private int $messages = 0;

    private bool $isList;

    public function __construct(private readonly SentAction $sent)
    {
        $this->strategy = $sent->completionStrategy ?? match (true) {
            strcasecmp($sent->name, 'Command') === 0 => new Command(),
            $this->isOriginate() && $this->isAsynchronous() => new AsyncEvent(),
            default => null,
        };
        $this->isList = $this->strategy instanceof EventList;
    }

    /** Milliseconds from sending until it fails. */
    public function maxDurationMs(int $actionTimeoutMs): int
    {
        return $this->strategy?->maxDurationMs() ?? match (true) {
            $this->strategy instanceof EventList => max($actionTimeoutMs, self::LIST_MS),
            $this->isOriginate() => max($actionTimeoutMs, $this->ringingMs() + self::ORIGINATE_GRACE_MS),
            default => $actionTimeoutMs,
        };
    }

    /** How long a list has, of which nobody knew beforehand that it would be one; null where it is none. */
    public function announcedListMs(): ?int
    {
        return $this->strategy === null && $this->isList ? self::LIST_MS : null;
    }

    public function isComplete(): bool
    {
        return $this->complete;
    }

    public function error(): ?\Throwable
    {
        return $this->error;
    }

    public function response(): ?AmiResponse
    {
        return $this->response;
    }

    /** @return list<AmiEvent> */
    public function events(): array
    {
        return $this->events;
    }

    public function fail(\Throwable $error): void
    {
        $this->complete = true;
        $this->error = $error;
    }

    public function take(AmiResponse $response): void
    {
        if (!$response->isSuccess()) {
            $this->response = $response;
            $this->fail(Failures::errorResponse($this->sent, $response));

            return;
        }
        if ($this->response !== null) {
            return;
        }
        $this->response = $response;
        if ($this->strategy === null && strcasecmp((string) $response->get('EventList'), 'start') === 0) {
            $this->isList = true;
        }
        $ends = $this->strategy === null ? !$this->isList : $this->strategy->isComplete($response);
        // One that ends its action takes no room of others.
        if (!$ends && !$this->hasRoom()) {
            return;
        }
        $this->complete = $ends;
    }

    /** @return bool whether listeners get the event, too */
    public function takeEvent(AmiEvent $event): bool
    {
        $isResult = strcasecmp($event->name, 'OriginateResponse') === 0;
        $isNoPart = match (true) {
            $this->strategy instanceof SingleResponse, $this->strategy instanceof Command => true,
            $this->strategy === null, $this->strategy instanceof EventList => !$this->isList,
            $this->strategy instanceof AsyncEvent => !$isResult,
            default => false,
        };
        if ($isNoPart) {
            return true;
        }
        if ($this->hasRoom()) {
            $this->events[] = $event;
            if (($this->strategy ?? new EventList())->isComplete($event)) {
                $this->end($event);
            }
        }

        return self::isBroadcast($event);
    }

    /** Asterisk sends these two to every session, whosever action they answer. */
    public static function isBroadcast(AmiEvent $event): bool
    {
        return strcasecmp($event->name, 'OriginateResponse') === 0 || strcasecmp($event->name, 'UserEvent') === 0;
    }

    /**
     * What completes the action well.
     *
     * @param Headers $headers of the response
     *
     * @return list<AmiEvent|AmiResponse>
     */
    public function success(array $headers, float $at): array
    {
        if ($this->strategy instanceof AsyncEvent) {
            $headers = ['Message' => 'Originate successfully queued', ...$headers];
        }
        $response = fn(): AmiResponse => Frames::response($this->sent->serverKey, 'Success', $headers, $at, $this->sent->actionId);

        return match (true) {
            $this->strategy instanceof EventList => $this->list([], null, $at, $headers),
            $this->strategy instanceof AsyncEvent => [
                $response(),
                self::item($this->sent, ['Event' => 'OriginateResponse', 'Response' => 'Success', 'Reason' => 4], $at),
            ],
            $this->strategy instanceof MultiEvent, $this->strategy instanceof EventOnly => [
                $response(),
                self::item($this->sent, ['Event' => self::written($this->strategy->terminalEvents()[0])], $at),
            ],
            default => [$response()],
        };
    }

    /**
     * @param list<Headers> $items
     * @param Headers $headers of the response
     *
     * @return list<AmiEvent|AmiResponse>
     */
    public function list(array $items, ?string $end, float $at, array $headers = []): array
    {
        $named = match (true) {
            $this->strategy instanceof EventList => $this->strategy->completeEvents()[0] ?? null,
            $this->strategy instanceof MultiEvent, $this->strategy instanceof EventOnly => $this->strategy->terminalEvents()[0],
            default => null,
        };
        $announced = ['EventList' => 'start', 'Message' => 'List will follow', ...$headers];
        $messages = [Frames::response($this->sent->serverKey, 'Success', $announced, $at, $this->sent->actionId)];
        foreach ($items as $item) {
            $messages[] = self::item($this->sent, $item, $at);
        }
        $last = ['Event' => $end ?? ($named === null ? $this->sent->name . 'Complete' : self::written($named)), 'EventList' => 'Complete', 'ListItems' => \count($items)];
        $messages[] = self::item($this->sent, $last, $at);

        return $messages;
    }

    /**
     * An event with the ActionID of an action.
     *
     * @param Headers $headers with its name under the key `Event`
     */
    public static function item(SentAction $sent, array $headers, float $at): AmiEvent
    {
        $name = $headers['Event'] ?? null;
        if (!\is_string($name) || $name === '') {
            throw Failures::invalid('Event', $name, 'an event of an answer has its name under this key');
        }
        unset($headers['Event']);

        return Frames::event($sent->serverKey, $name, $headers, $at, $sent->actionId);
    }

    /** Names what the action waits for: for the message of a timeout. */
    public function waitsFor(): string
    {
        return match (true) {
            $this->response === null => 'no response was scripted',
            $this->strategy === null => 'the end of the announced list was not scripted',
            default => 'the scripted answer does not complete ' . new \ReflectionClass($this->strategy)->getShortName(),
        };
    }

    /** A name as Asterisk writes it: strategies have theirs in lower case. */
    private static function written(string $name): string
    {
        foreach (new \ReflectionClass(EventName::class)->getConstants() as $known) {
            if (\is_string($known) && strcasecmp($known, $name) === 0) {
                return $known;
            }
        }

        return $name;
    }

    private function end(AmiEvent $event): void
    {
        $this->complete = true;
        if ($this->strategy instanceof EventOnly) {
            return;
        }
        $isBuiltInList = $this->strategy === null || $this->strategy instanceof EventList;
        $this->error = match (true) {
            $this->response === null => Failures::ofAction(MissingResponseException::class, $this->sent, 'the action completed without a response'),
            $isBuiltInList && strcasecmp((string) $event->get('EventList'), 'cancelled') === 0
                => Failures::ofAction(ActionCancelledException::class, $this->sent, 'the server cancelled the list'),
            $this->strategy instanceof AsyncEvent && strcasecmp((string) $event->get('Response'), 'Failure') === 0
                => Failures::originate($this->sent, $this->response, $event),
            default => null,
        };
    }

    private function hasRoom(): bool
    {
        $most = $this->strategy?->maxMessages() ?? 10_000;
        if (++$this->messages <= $most) {
            return true;
        }
        $this->fail(Failures::ofAction(ProtocolException::class, $this->sent, "the answer has more than $most messages"));

        return false;
    }

    private function isOriginate(): bool
    {
        return strcasecmp($this->sent->name, 'Originate') === 0;
    }

    private function isAsynchronous(): bool
    {
        return \in_array(strtolower((string) $this->sent->header('Async')), ['yes', 'true', 'y', 't', '1', 'on'], true);
    }

    private function ringingMs(): int
    {
        $timeout = trim((string) $this->sent->header('Timeout'));

        return ctype_digit($timeout) ? (int) $timeout : self::DEFAULT_RINGING_MS;
    }
}
