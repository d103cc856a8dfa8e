<?php

declare(strict_types=1);

namespace Apn\AmiClient\Demo;

/** What the command line and the environment ask for. */
final readonly class Options
{
    public const string HELP = <<<'TEXT'
        usage: ./dev demo [--seconds=N] [--quiet] [--channel=CHANNEL]

          --seconds=N        end after so many seconds; otherwise Ctrl-C ends it
          --quiet            no line for each event
          --channel=CHANNEL  what the Originate at the start calls, from extension 1000 of the context default
                             (Local/1000@default)

        Which servers: AMI_HOST, AMI_PORT (5038), AMI_USERNAME, AMI_SECRET for one of yours; AMI_NODES=name=host:port,...
        for several with the same user. Without both, ./dev demo starts three simulated ones.

        TEXT;

    /** @param non-empty-array<string, array{host: string, port: string|int, username: string, secret: string}> $servers */
    private function __construct(
        #[\SensitiveParameter]
        public array $servers,
        public ?float $seconds,
        public bool $quiet,
        public string $channel,
    ) {}

    /**
     * @param list<string> $arguments
     * @param array<string, string> $environment
     *
     * @throws \InvalidArgumentException where something is not understood
     */
    public static function from(array $arguments, #[\SensitiveParameter] array $environment): self
    {
        [$seconds, $quiet, $channel] = [null, false, 'Local/1000@default'];
        foreach ($arguments as $argument) {
            [$name, $value] = explode('=', $argument, 2) + [1 => ''];
            match (true) {
                $name === '--seconds' && is_numeric($value) && $value > 0 => $seconds = (float) $value,
                $argument === '--quiet' => $quiet = true,
                $name === '--channel' && $value !== '' => $channel = $value,
                default => throw new \InvalidArgumentException("not understood: $argument"),
            };
        }

        return new self(self::servers($environment), $seconds, $quiet, $channel);
    }

    /**
     * @param array<string, string> $environment
     *
     * @return non-empty-array<string, array{host: string, port: string|int, username: string, secret: string}>
     */
    private static function servers(#[\SensitiveParameter] array $environment): array
    {
        $set = static fn(string $name): ?string => ($environment[$name] ?? '') === '' ? null : $environment[$name];
        $user = [
            'username' => $set('AMI_USERNAME') ?? throw new \InvalidArgumentException('AMI_USERNAME is not set'),
            'secret' => $set('AMI_SECRET') ?? throw new \InvalidArgumentException('AMI_SECRET is not set'),
        ];
        $host = $set('AMI_HOST');
        if ($host !== null) {
            return [$host => ['host' => $host, 'port' => $set('AMI_PORT') ?? 5038] + $user];
        }
        $servers = [];
        foreach (explode(',', $set('AMI_NODES') ?? '') as $node) {
            if (preg_match('/^\s*([^=\s]+)=\[?(.+?)\]?:(\d+)\s*$/', $node, $match) !== 1) {
                throw new \InvalidArgumentException($node === ''
                    ? 'neither AMI_HOST nor AMI_NODES is set'
                    : "AMI_NODES: \"$node\" is not name=host:port");
            }
            $servers[$match[1]] = ['host' => $match[2], 'port' => $match[3]] + $user;
        }

        return $servers;
    }
}
