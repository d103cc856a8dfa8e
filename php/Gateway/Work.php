<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\AmiException;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Contracts\PendingAction;
use Apn\AmiClient\ProtocolException;
use Psr\Log\LoggerInterface;

/**
 * The requests that a listener has: carries each out once or not at all, and keeps its answer until the broker has it.
 *
 * @internal
 */
final class Work
{
    /** Most milliseconds of one poll that go into handing answers back. */
    private const int DELIVERY_MS = 20;

    /** Between two log records of one kind. */
    private const int COMPLAINT_MS = 1_000;

    private ?AmiClientManager $manager = null;

    /** @var array<string, true> all that the broker may believe this listener to have, by id */
    private array $received = [];

    /** @var array<string, PendingAction> by id */
    private array $inFlight = [];

    private readonly Outgoing $outgoing;

    /** What was carried out lately: not again, whatever the broker says. */
    private readonly Lately $lately;

    /** @var array<string, int> */
    private array $counts = [
        'sent' => 0, 'not_sent' => 0, 'refused' => 0, 'foreign' => 0, 'expired' => 0, 'repeated' => 0,
        'answered' => 0, 'late_answers' => 0, 'too_long' => 0,
    ];

    /** @var array<string, int> by what was counted */
    private array $complainAgainAtMs = [];

    /** @param \Closure(): int $clock milliseconds */
    public function __construct(
        private readonly Broker $broker,
        private readonly string $listener,
        private readonly Seal $seal,
        private readonly AllowList $allow,
        private readonly ServerSettings $settings,
        private readonly ?LoggerInterface $logger,
        private readonly \Closure $clock,
    ) {
        $this->outgoing = new Outgoing();
        $this->lately = new Lately();
    }

    public function start(AmiClientManager $manager): void
    {
        $this->manager = $manager;
    }

    /** @param int $asked by the clock of this process, before the broker was asked: what it took counts as time that the requests have waited */
    public function carryOut(Taken $taken, int $asked): void
    {
        foreach ($taken->bodies as $id => $body) {
            $this->received[$id] = true;
            $this->carryOutOne($id, $body, $taken->nowMs + ($this->clock)() - $asked);
        }
    }

    /** @throws RedisFailedException */
    public function deliver(): void
    {
        $now = ($this->clock)();
        $this->outgoing->expire($now);
        for ($until = $now + self::DELIVERY_MS; ($first = $this->outgoing->first()) !== null && ($this->clock)() <= $until;) {
            [$id, $answer, $isVoid] = $first;
            try {
                $isTaken = $this->broker->answer($this->listener, $id, $answer, $this->settings->keepMs, $isVoid);
            } catch (RedisFailedException $e) {
                // It may be this one that fails, as it is too long for the line: the others have their turn.
                $this->outgoing->postpone($id);
                throw $e;
            }
            $this->outgoing->remove($id);
            $this->counts[$isTaken ? 'answered' : 'late_answers']++;
        }
    }

    /**
     * Compares what it has with what the broker believes that it has.
     *
     * @param list<string> $claimed
     *
     * @return array{list<string>, list<string>} what is under way here and the broker has forgotten; and what it was given without
     *     hearing of it, since an answer was lost on its way: nobody else can have carried that out, and it has not
     */
    public function compare(array $claimed): array
    {
        $isClaimed = array_fill_keys($claimed, true);
        $unheard = [];
        foreach ($claimed as $id) {
            if (!isset($this->received[$id])) {
                $unheard[] = $id;
            } elseif (!isset($this->inFlight[$id]) && !$this->outgoing->has($id)) {
                // Its answer was given up, or could not be made.
                $this->hand($id, Broker::LOST, false);
            }
        }
        $this->received = array_filter(
            $this->received,
            fn(string $id): bool => isset($isClaimed[$id]) || isset($this->inFlight[$id]) || $this->outgoing->has($id),
            ARRAY_FILTER_USE_KEY,
        );

        return [array_values(array_diff(array_keys($this->inFlight), $claimed)), $unheard];
    }

    public function inFlight(): int
    {
        return \count($this->inFlight);
    }

    public function undelivered(): int
    {
        return $this->outgoing->count();
    }

    /** @return array<string, int> */
    public function stats(): array
    {
        return [
            ...$this->counts,
            'in_flight' => \count($this->inFlight),
            'undelivered' => $this->outgoing->count(),
            'undelivered_bytes' => $this->outgoing->bytes(),
            'dropped_answers' => $this->outgoing->dropped(),
        ];
    }

    private function carryOutOne(string $id, string $body, int $brokerNowMs): void
    {
        try {
            $request = Request::open($this->seal, $id, $body);
        } catch (AmiException|\UnexpectedValueException|\JsonException $e) {
            $this->refuse($id, new GatewayException('the listener cannot read the request; it was not carried out: ' . $e->getMessage(), $e::class));

            return;
        }
        // What was carried out comes first: it must not be called expired.
        if ($request === null) {
            $this->count('foreign', 'a request was not sealed with this gateway.key', $id);
            $this->hand($id, Broker::FOREIGN, true);
        } elseif (isset($this->inFlight[$id]) || $this->outgoing->hasOutcome($id)) {
            // Redis lost its data, and the same key was sent again: the one answer is for both.
            $this->count('repeated', 'a request came a second time, and is not carried out again', $id);
        } elseif ($this->lately->has($id, ($this->clock)())) {
            // The same, or somebody put an old request back. What came of it is not here any more.
            $this->count('repeated', 'a request came a second time, and is not carried out again', $id);
            $error = new OutcomeUnknownException('this request was carried out before, and Redis has lost its answer; it was not carried out again');
            $this->hand($id, new Answer(error: $error)->seal($this->seal, $id), false);
        } elseif ($brokerNowMs >= $request->deadlineMs) {
            $this->counts['expired']++;
            $this->hand($id, Broker::EXPIRED, true);
        } else {
            // Who was refused before may know it already, and this is the next try: it is not to be refused for that one.
            $this->outgoing->remove($id);
            $this->send($request);
        }
    }

    private function send(Request $request): void
    {
        $action = $request->action->name();
        try {
            $this->allow->check($action, $request->headers);
            $manager = $this->manager ?? throw new \LogicException('the gateway was not started');
            $pending = ($request->server === '' ? $manager : $manager->server($request->server))->send($request->action);
        } catch (ActionNotAllowedException $e) {
            $this->count('refused', 'an action is not allowed through the gateway', $request->id, ['action' => $action]);
            $this->refuse($request->id, $e);

            return;
        } catch (\Throwable $e) {
            // Whatever it is, nothing was written: so says the contract of send().
            $this->counts['not_sent']++;
            $this->refuse($request->id, $e);

            return;
        }
        $this->counts['sent']++;
        $this->remember($request->id);
        $this->inFlight[$request->id] = $pending;
        $pending->onComplete(function (?\Throwable $error) use ($request, $pending): void {
            unset($this->inFlight[$request->id]);
            $this->remember($request->id);
            $this->complete($request, $pending, $error);
        });
    }

    private function complete(Request $request, PendingAction $pending, ?\Throwable $error): void
    {
        $answer = new Answer($pending->serverKey(), $pending->actionId(), $pending->response(), $pending->events(), $error);
        $size = $answer->size();
        if ($size > $this->settings->maxAnswerBytes) {
            $this->count('too_long', 'an answer is too long for the gateway', $request->id, ['action' => $request->action->name(), 'bytes' => $size]);
            $answer = new Answer($answer->serverKey, $answer->actionId, error: Exceptions::with(new ProtocolException(
                "the answer of {$request->action->name()} has $size bytes, more than gateway.max_answer_bytes allows ({$this->settings->maxAnswerBytes}); the action was carried out",
            ), ['serverKey' => $answer->serverKey, 'actionId' => $answer->actionId]));
        }
        $this->hand($request->id, $answer->seal($this->seal, $request->id), false);
    }

    /** It was not carried out, and may be sent again. */
    private function refuse(string $id, \Throwable $why): void
    {
        $this->hand($id, new Answer(error: $why)->seal($this->seal, $id), true);
    }

    private function hand(string $id, string $answer, bool $isVoid): void
    {
        $this->outgoing->add($id, $answer, $isVoid, ($this->clock)() + $this->settings->keepMs);
    }

    private function remember(string $id): void
    {
        $this->lately->add($id, ($this->clock)() + $this->settings->keepMs);
    }

    /** @param array<string, mixed> $context */
    private function count(string $what, string $message, string $id, array $context = []): void
    {
        $this->counts[$what]++;
        if (($this->clock)() >= ($this->complainAgainAtMs[$what] ?? PHP_INT_MIN)) {
            $this->complainAgainAtMs[$what] = ($this->clock)() + self::COMPLAINT_MS;
            $this->logger?->warning($message, $context + ['request_id' => $id, 'so_far' => $this->counts[$what]]);
        }
    }
}
