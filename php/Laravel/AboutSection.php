<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel;

use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\ConfigReader;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Status\ListenerStatuses;
use Apn\AmiClient\Worker\WorkerStatus;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Foundation\Console\AboutCommand;

/** What `php artisan about` says of this package. It connects nothing, and shows no user and no secret. */
final readonly class AboutSection
{
    public function __construct(private Application $app) {}

    public static function add(Application $app): void
    {
        // So written, --only=ami_client finds it.
        AboutCommand::add('Ami Client', static fn(): array => (new self($app))->lines());
    }

    /** @return array<string, mixed> */
    public function lines(): array
    {
        $version = phpversion('apn_ami');
        $lines = ['Extension' => $version === false
            ? AboutCommand::format('not loaded', self::alarm(...))
            : $version];
        try {
            $config = $this->app->make(ConfigReader::class)->read($this->app->make(Repository::class));
        } catch (InvalidSettingException $e) {
            return $lines + ['Configuration' => AboutCommand::format(
                $e->getMessage(),
                self::alarm(...),
            )];
        }
        $bridges = array_keys($config->bridges->enabled);

        return $lines + [
            'Actions go' => $config->gateway->enabled ? 'through a listener, over Redis' : 'directly, over a connection of each process',
            'Servers' => implode(', ', self::servers($config)),
            'Bridges' => $bridges === [] ? 'none' : implode(', ', $bridges),
            'Standby' => $config->listen->standby->enabled ? 'on' : 'off',
            'Listeners' => $this->listeners(),
        ];
    }

    /** What they last told in the application's cache; somebody may look while that is down. */
    private function listeners(): string
    {
        try {
            $statuses = $this->app->make(ListenerStatuses::class)->all();
        } catch (\Throwable $e) {
            return 'unknown: ' . $e->getMessage();
        }
        if ($statuses === []) {
            return 'none heard of';
        }
        $listeners = array_map(static fn(WorkerStatus $status): string
            => "$status->host:$status->pid $status->state, told " . max(0, (int) round(microtime(true) - $status->toldAt)) . ' s ago', $statuses);

        return implode('; ', $listeners);
    }

    private static function alarm(mixed $text): string
    {
        return '<fg=red;options=bold>' . (\is_string($text) ? $text : '') . '</>';
    }

    /** @return list<string> */
    private static function servers(AmiConfig $config): array
    {
        $servers = [];
        foreach ($config->servers as $key => $server) {
            [$host, $port, $tls] = [$server['host'] ?? null, $server['port'] ?? null, $server['tls'] ?? false];
            // As the extension reads it.
            $tls = \is_array($tls) || filter_var($tls, \FILTER_VALIDATE_BOOL);
            $complete = isset($server['host'], $server['username'], $server['secret']);
            $servers[] = "$key ("
                . (\is_string($host) ? $host : 'no host') . ':' . (\is_scalar($port) ? $port : ($tls ? 5039 : 5038))
                . ($tls ? ', TLS' : '') . ($complete ? '' : ', not set up yet') . ')';
        }

        return $servers;
    }
}
