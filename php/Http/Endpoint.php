<?php

declare(strict_types=1);

namespace Apn\AmiClient\Http;

use Apn\AmiClient\AmiClientManager;

/**
 * Answers /metrics, /healthz and /readyz from within a process that ticks, between its ticks.
 *
 * It has no thread and waits for nothing: poll() accepts, reads, answers and writes what can be done at once, and a client that is
 * slow is served by the polls that follow, until its time is over. So an answer comes as late as the next poll does: with the
 * worker's ticks, by default after 100 ms at most. And that there is an answer says that the process ticks.
 *
 * It is for a scraper and some probes in a network that is trusted: there is no TLS and no password.
 */
final class Endpoint
{
    /** Clients at a time; further ones wait in the kernel. */
    public const int MAX_CONNECTIONS = 16;

    /** A scrape of a thousand servers is some megabytes to make. Who asks more often gets the one before. */
    private const float FRESH_SECONDS = 1.0;

    /** Servers that /readyz names. */
    private const int MAX_NAMED = 20;

    /** @var list<\Closure(bool): string> */
    private array $more = [];

    /** @var resource|null */
    private mixed $socket = null;

    private int $owner = 0;

    /** @var array<int, Exchange> */
    private array $exchanges = [];

    /** @var array<string, array{float, Response}> by format: when it was made, and what */
    private array $made = [];

    /**
     * @param string $listen address and port, such as `127.0.0.1:9238`, `0.0.0.0:9238` or `[::1]:9238`; port 0 is any that is free
     */
    public function __construct(
        private readonly AmiClientManager $manager,
        private readonly string $listen = '127.0.0.1:9238',
        private readonly Readiness $readiness = Readiness::Any,
    ) {
        if (preg_match('~^(\[[0-9a-fA-F:.]+\]|[0-9.]+):(\d{1,5})$~D', $listen, $match) !== 1 || (int) $match[2] > 65_535) {
            throw new \InvalidArgumentException("listen: \"$listen\" is no IP address with a port, such as 127.0.0.1:9238 or [::1]:9238");
        }
    }

    /**
     * As the environment says: AMI_HTTP_LISTEN is the address and port, AMI_HTTP_READY is `any` or `all`.
     *
     * @return self|null null where AMI_HTTP_LISTEN is not set, or empty: it is off by default
     */
    public static function fromEnvironment(AmiClientManager $manager): ?self
    {
        [$listen, $ready] = [(string) getenv('AMI_HTTP_LISTEN'), (string) getenv('AMI_HTTP_READY')];
        $readiness = Readiness::tryFrom($ready !== '' ? $ready : Readiness::Any->value)
            ?? throw new \InvalidArgumentException("AMI_HTTP_READY: \"$ready\" is neither \"any\" nor \"all\"");

        return $listen !== '' ? new self($manager, $listen, $readiness) : null;
    }

    /**
     * Adds to /metrics what something else counts.
     *
     * @param callable(bool): string $metrics gets whether the format is OpenMetrics; gives whole lines, of families of its own names. Where it
     *     throws, the request is answered by a 500
     */
    public function also(callable $metrics): self
    {
        $this->more[] = $metrics(...);

        return $this;
    }

    public function __destruct()
    {
        $this->close();
    }

    /**
     * Listens. Does nothing where it does already.
     *
     * @throws ListenException where it cannot: the port is taken, say
     */
    public function open(): void
    {
        if ($this->socket !== null && $this->owner === getmypid()) {
            return;
        }
        $this->abandon();
        $socket = @stream_socket_server("tcp://$this->listen", $code, $reason);
        if ($socket === false) {
            throw new ListenException($this->listen, (string) $reason !== '' ? (string) $reason : "error $code");
        }
        stream_set_blocking($socket, false);
        [$this->socket, $this->owner] = [$socket, (int) getmypid()];
    }

    /** Where it listens, with the port that it got; null where it does not. */
    public function address(): ?string
    {
        $name = $this->socket === null ? false : stream_socket_get_name($this->socket, false);

        return $name === false ? null : $name;
    }

    /** Serves whoever is there, without waiting for anybody. To be called after each tick. */
    public function poll(): void
    {
        if ($this->socket === null) {
            return;
        }
        if ($this->owner !== getmypid()) {
            $this->abandon();

            return;
        }
        $now = hrtime(true) / 1e9;
        // A client that goes away in the middle is a warning to PHP, and nobody's business here.
        set_error_handler(static fn(): bool => true);
        try {
            $this->accept($now);
            foreach ($this->exchanges as $number => $exchange) {
                if (!$exchange->advance($now, $this->answer(...))) {
                    unset($this->exchanges[$number]);
                    $exchange->close();
                }
            }
        } finally {
            restore_error_handler();
        }
        if ($this->exchanges === []) {
            $this->made = [];
        }
    }

    /** Whether an answer is on its way, so that the next poll should come soon. */
    public function isBusy(): bool
    {
        return array_any($this->exchanges, static fn(Exchange $exchange): bool => $exchange->isSending());
    }

    /** Ends all connections and listens no more. */
    public function close(): void
    {
        if ($this->socket === null || $this->owner !== getmypid()) {
            $this->abandon();

            return;
        }
        foreach ($this->exchanges as $exchange) {
            $exchange->close();
        }
        // A program that was started meanwhile has the socket, too, and would keep the port.
        @stream_socket_shutdown($this->socket, STREAM_SHUT_RDWR);
        fclose($this->socket);
        [$this->socket, $this->exchanges, $this->made] = [null, [], []];
    }

    /** What a forked process has got of its parent's is closed here, and stays as it is there. */
    private function abandon(): void
    {
        foreach ($this->exchanges as $exchange) {
            $exchange->abandon();
        }
        if ($this->socket !== null) {
            fclose($this->socket);
        }
        [$this->socket, $this->exchanges, $this->made] = [null, [], []];
    }

    private function accept(float $now): void
    {
        while (\count($this->exchanges) < self::MAX_CONNECTIONS && $this->socket !== null) {
            $client = stream_socket_accept($this->socket, 0);
            if ($client === false) {
                return;
            }
            stream_set_blocking($client, false);
            $this->exchanges[] = new Exchange($client, $now);
        }
    }

    private function answer(Request $request): Response
    {
        try {
            return match ($request->path) {
                '/metrics' => $this->metrics($request->acceptsOpenMetrics()),
                '/healthz' => new Response(200, "ok\n"),
                '/readyz' => $this->ready(),
                default => Response::error(404),
            };
        } catch (\Throwable) {
            // What went wrong is nothing to tell a stranger; the logger has it from elsewhere.
            return Response::error(500);
        }
    }

    private function metrics(bool $open): Response
    {
        $now = hrtime(true) / 1e9;
        $format = $open ? 'application/openmetrics-text; version=1.0.0; charset=utf-8' : 'text/plain; version=0.0.4; charset=utf-8';
        $made = $this->made[$format] ?? null;
        if ($made === null || $now - $made[0] >= self::FRESH_SECONDS) {
            $made = [$now, new Response(200, $this->text($open), $format)];
            $this->made[$format] = $made;
        }

        return $made[1];
    }

    private function text(bool $open): string
    {
        $text = $this->manager->prometheus($open);
        $more = implode('', array_map(static fn(\Closure $metrics): string => $metrics($open), $this->more));

        // OpenMetrics has an end.
        return str_ends_with($text, "# EOF\n") ? substr($text, 0, -6) . $more . "# EOF\n" : $text . $more;
    }

    private function ready(): Response
    {
        ['servers' => $servers, 'usable' => $usable] = $this->manager->clusterHealth();
        $ready = match ($this->readiness) {
            Readiness::Any => $usable > 0,
            Readiness::All => $usable === $servers,
        };
        $lines = ["$usable of $servers servers are ready"];
        if ($usable < $servers) {
            $down = array_filter($this->manager->health(), static fn(array $health): bool => !\in_array($health['state']->value, ['ready', 'degraded'], true));
            foreach (\array_slice($down, 0, self::MAX_NAMED, true) as $key => $health) {
                $lines[] = "$key: {$health['state']->value}" . ($health['last_reason'] === null ? '' : ", {$health['last_reason']}");
            }
        }

        return new Response($ready ? 200 : 503, implode("\n", $lines) . "\n");
    }
}
