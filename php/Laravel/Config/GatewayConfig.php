<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Config;

use Apn\AmiClient\Gateway\AllowList;
use Apn\AmiClient\Gateway\ClientSettings;
use Apn\AmiClient\Gateway\Seal;
use Apn\AmiClient\Gateway\ServerSettings;

/** `ami-client.gateway`: actions of other processes go through a listener, over Redis. */
final readonly class GatewayConfig
{
    /** A day: what waits for longer is no action but a plan. */
    private const int MAX_WAIT_MS = 86_400_000;

    /**
     * What an application needs to place calls, steer them, and see what goes on. Nothing that runs code or commands on the server, reads
     * or writes its files, database and configuration, or reads secrets.
     */
    private const array ALLOW = [
        'Ping', 'CoreStatus', 'CoreShowChannels', 'Status', 'ExtensionState', 'ExtensionStateList', 'DeviceStateList', 'PresenceState', 'PresenceStateList',
        'Originate', 'Hangup', 'Redirect', 'BlindTransfer', 'Atxfer', 'CancelAtxfer', 'Bridge', 'BridgeInfo', 'BridgeList', 'Park', 'ParkedCalls',
        'PlayDTMF', 'SendText', 'MuteAudio', 'MixMonitorMute', 'AbsoluteTimeout',
        'QueueStatus', 'QueueSummary', 'QueueAdd', 'QueueRemove', 'QueuePause', 'QueuePenalty', 'QueueChangePriorityCaller', 'QueueWithdrawCaller',
        'Confbridge*', 'MailboxCount', 'MailboxStatus', 'UserEvent',
    ];

    /**
     * @param bool $enabled whether the `Ami` facade and what is injected go through it, and `ami:listen` serves it
     * @param string|null $connection of the application's Redis; null for its default one
     * @param string $prefix of the keys
     * @param \SensitiveParameterValue<non-falsy-string>|null $key of which requests and answers are sealed; null for one derived from the application's
     * @param int $timeoutMs most milliseconds that an action waits for a listener
     * @param int $keepSeconds for how long answers are kept
     * @param list<string> $allow names of actions; `*` allows all
     * @param int $maxWaiting requests that nobody has taken yet; over it a further one is refused
     * @param int $maxInFlight requests that a listener has taken; at so many it takes no further ones
     * @param int $maxAnswerBytes of one answer
     * @param int $pollMs most milliseconds between two looks of an idle listener
     */
    private function __construct(
        public bool $enabled,
        public ?string $connection,
        public string $prefix,
        public ?\SensitiveParameterValue $key,
        public int $timeoutMs,
        public int $keepSeconds,
        public array $allow,
        public int $maxWaiting,
        public int $maxInFlight,
        public int $maxAnswerBytes,
        public int $pollMs,
    ) {}

    public static function fromSection(Section $section): self
    {
        $key = $section->stringOrNull('key', secret: true);
        if ($key !== null && \strlen($key) < Seal::MIN_KEY_BYTES) {
            throw InvalidSettingException::mustBe($section->path('key'), '', 'a secret of at least ' . Seal::MIN_KEY_BYTES . ' bytes', secret: true);
        }
        $read = new self(
            $section->bool('enabled', false),
            $section->stringOrNull('connection'),
            $section->string('prefix', 'ami-client:gateway:'),
            $key === null ? null : new \SensitiveParameterValue($key),
            $section->int('timeout_ms', 10_000, 50, self::MAX_WAIT_MS),
            $section->int('keep_seconds', 60, 5, 86_400),
            self::allowed($section),
            $section->int('max_waiting', 1_000, 1, 1_000_000),
            $section->int('max_in_flight', 1_000, 1, 100_000),
            $section->int('max_answer_bytes', 8 << 20, 1 << 10, 64 << 20),
            $section->int('poll_ms', 30, 1, 250),
        );
        $section->done();

        return $read;
    }

    public function allowList(): AllowList
    {
        return new AllowList($this->allow);
    }

    /** @param int $answerMs the `action_timeout` of listeners */
    public function clientSettings(int $answerMs): ClientSettings
    {
        return new ClientSettings($this->timeoutMs, $answerMs, $this->keepSeconds * 1000, $this->maxWaiting);
    }

    public function serverSettings(): ServerSettings
    {
        return new ServerSettings($this->pollMs, $this->keepSeconds * 1000, $this->maxInFlight, $this->maxAnswerBytes);
    }

    /**
     * Not set is what is safe; an empty list is nothing at all.
     *
     * @return list<string>
     */
    private static function allowed(Section $section): array
    {
        $allow = $section->strings('allow', self::ALLOW);
        foreach ($allow as $at => $name) {
            if (preg_match('/\A[A-Za-z0-9_*-]+\z/', $name) !== 1) {
                throw InvalidSettingException::mustBe($section->path("allow.$at"), $name, 'the name of an action, in which * stands for any characters');
            }
        }

        return $allow;
    }
}
