<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Connections;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ExtensionMissingException;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\MetricsCollector;
use Apn\AmiClient\RoutingStrategy;
use Illuminate\Contracts\Container\Container;
use Illuminate\Log\LogManager;
use Psr\Log\LoggerInterface;

/**
 * Makes managers of the extension as the application is configured: with its log channel, and with the MetricsCollector and the
 * RoutingStrategy that it binds, if any. Making one connects nothing unless the option `lazy` is off.
 */
final readonly class ManagerFactory
{
    /** @param \Closure(): Container $container the current one, which under Octane is another with each request */
    public function __construct(private \Closure $container) {}

    /**
     * @param list<string>|null $servers keys of the only servers to have; null for all
     * @param 'inline'|'background'|null $io goes over the option of the same name
     *
     * @throws ExtensionMissingException
     * @throws InvalidSettingException where the configuration cannot be used
     */
    public function make(#[\SensitiveParameter] AmiConfig $config, ?array $servers = null, ?string $io = null): AmiClientManager
    {
        ExtensionMissingException::check();
        $container = ($this->container)();
        $manager = AmiClientManager::fromConfig(
            $config->toManager($servers, $io),
            $this->logger($container, $config->logChannel),
            $container->bound(MetricsCollector::class) ? $container->make(MetricsCollector::class) : null,
        );
        if ($container->bound(RoutingStrategy::class)) {
            $manager->routing($container->make(RoutingStrategy::class));
        }

        return $manager;
    }

    private function logger(Container $container, ?string $channel): LoggerInterface
    {
        $log = $container->make(LoggerInterface::class);

        return $log instanceof LogManager ? $log->channel($channel) : $log;
    }
}
