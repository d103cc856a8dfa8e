<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Connections;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\ExtensionMissingException;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Native\NativeManager;
use Apn\AmiClient\Native\NativeSubscription;

/**
 * The manager of this process, made when it is first asked for.
 *
 * It outlives requests and jobs, so that a worker does not log in for each of them. What must not outlive them is undone at their end:
 * listeners are cancelled, and a manager that was changed in a way that cannot be undone is given up. So it is where its
 * configuration is another now, and in the child of a fork, where the connections are the parent's.
 */
final class ProcessConnections
{
    /** Most milliseconds that an action waits for a connection where there is none yet; as long as a login takes at most. */
    private const int CONNECT_MS = 10_000;

    /** Most milliseconds after a request in which what it sent without waiting leaves: a local network takes one. */
    private const int FLUSH_MS = 250;

    /** Most milliseconds for the goodbye of a process that ends; a server answers Logoff once it has done all before it. */
    private const int CLOSE_MS = 1_000;

    /** A tick of these waits no longer. */
    private const int TICK_MS = 50;

    private ?AmiClientManager $manager = null;

    private ?AmiConfig $madeFor = null;

    private int $madeBy = 0;

    /** Whether a request or a job is under way in a process that handles many. */
    private bool $inScope = false;

    private bool $changed = false;

    /** @var list<NativeSubscription> */
    private array $subscriptions = [];

    public function __construct(private readonly ManagerFactory $factory) {}

    /**
     * @throws ExtensionMissingException
     * @throws InvalidSettingException where the configuration cannot be used
     */
    public function manager(#[\SensitiveParameter] AmiConfig $config): NativeManager
    {
        if ($this->manager !== null && ($this->madeBy !== getmypid() || !$config->hasServersOf($this->madeFor))) {
            $this->forget();
        }
        if ($this->manager === null) {
            $this->manager = $this->factory->make($config);
            [$this->madeFor, $this->madeBy] = [$config, (int) getmypid()];
        }

        return new NativeManager($this->manager, $this->note(...), self::CONNECT_MS);
    }

    /** Whether there is a manager already. */
    public function isOpen(): bool
    {
        return $this->manager !== null;
    }

    /** A request or a job begins, in a process that has many: what it registers ends with it. */
    public function begin(): void
    {
        $this->end();
        $this->inScope = true;
    }

    public function end(): void
    {
        $this->inScope = false;
        if ($this->isOwn()) {
            $this->tickUntil(static fn(AmiClientManager $manager): bool => $manager->clusterHealth()['unwritten_bytes'] === 0, self::FLUSH_MS);
            foreach ($this->subscriptions as $subscription) {
                $subscription->cancel();
            }
        }
        $this->subscriptions = [];
        if ($this->changed) {
            $this->forget();
        }
        $this->changed = false;
    }

    /** A request or a command is over: the last one of this process, unless begin() said that it has many. */
    public function terminating(): void
    {
        if ($this->inScope || !$this->isOwn()) {
            return;
        }
        try {
            $this->manager?->close();
        } catch (AmiException) {
            // Within a tick that exit() ended: PHP's own end of the process cuts the connections.
            return;
        }
        $this->tickUntil(static fn(AmiClientManager $manager): bool => !self::isConnected($manager), self::CLOSE_MS);
    }

    /** Gives the manager up; the next one is a new one. */
    public function forget(): void
    {
        if ($this->isOwn()) {
            $this->manager?->terminate();
        }
        $this->manager = $this->madeFor = null;
        $this->subscriptions = [];
    }

    /** Not the one of a parent, which a fork has a copy of. */
    private function isOwn(): bool
    {
        return $this->manager !== null && $this->madeBy === getmypid();
    }

    /** @param \Closure(AmiClientManager): bool $done */
    private function tickUntil(\Closure $done, int $milliseconds): void
    {
        $manager = $this->manager;
        $until = hrtime(true) + $milliseconds * 1_000_000;
        try {
            while ($manager !== null && !$done($manager) && hrtime(true) < $until) {
                $manager->tickAll(self::TICK_MS);
            }
        } catch (AmiException) {
            // What a request or a command was about is over; there is nobody left to tell.
        }
    }

    private static function isConnected(AmiClientManager $manager): bool
    {
        foreach ($manager->health() as $server) {
            if (!\in_array($server['state'], [ConnectionState::Disconnected, ConnectionState::Fatal], true)) {
                return true;
            }
        }

        return false;
    }

    private function note(?NativeSubscription $subscription): void
    {
        if (!$this->inScope) {
            return;
        }
        if ($subscription === null) {
            $this->changed = true;
        } else {
            $this->subscriptions[] = $subscription;
        }
    }
}
