<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Gateway;

use Apn\AmiClient\Gateway\GatewayManager;
use Apn\AmiClient\Gateway\RedisBroker;
use Apn\AmiClient\Gateway\Seal;
use Apn\AmiClient\Gateway\Sender;
use Apn\AmiClient\Gateway\Server;
use Apn\AmiClient\Laravel\Config\AmiConfig;
use Apn\AmiClient\Laravel\Config\InvalidSettingException;
use Apn\AmiClient\Laravel\Redis\RedisConnector;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Container\Container;
use Illuminate\Log\LogManager;
use Psr\Log\LoggerInterface;

/**
 * The gateway of this process, made when it is first asked for; nothing is connected before something is sent.
 *
 * It outlives requests and jobs, so that a worker does not connect to Redis for each of them, and is made anew where the configuration is
 * another.
 */
final class GatewayConnections
{
    /** A web request may wait so long for Redis itself, and a listener's tick no longer. */
    private const float CLIENT_TIMEOUT_SECONDS = 2.0;

    private const float SERVER_TIMEOUT_SECONDS = 0.3;

    /** The longest wait that a sender asks for at once. */
    private const float WAIT_SECONDS = 1.0;

    private ?GatewayManager $manager = null;

    /** @var \SensitiveParameterValue<array<array-key, mixed>>|null */
    private ?\SensitiveParameterValue $madeFor = null;

    /** @param \Closure(): Container $container the current one, which under Octane is another with each request */
    public function __construct(private readonly \Closure $container) {}

    /** @throws InvalidSettingException where the configuration cannot be used */
    public function manager(#[\SensitiveParameter] AmiConfig $config): GatewayManager
    {
        $madeFor = [
            $config->default, array_keys($config->servers), $config->options['action_timeout'] ?? null, $config->logChannel,
            ['key' => $config->gateway->key?->getValue()] + get_object_vars($config->gateway), $this->setting('app.key'), $this->setting('database.redis'),
        ];
        if ($this->manager === null || $madeFor !== $this->madeFor?->getValue()) {
            $answerSeconds = $config->options['action_timeout'] ?? null;
            $sender = new Sender(
                new RedisBroker($this->redis($config, self::CLIENT_TIMEOUT_SECONDS, self::WAIT_SECONDS), $config->gateway->prefix),
                $this->seal($config),
                $config->gateway->clientSettings(is_numeric($answerSeconds) ? (int) ($answerSeconds * 1000) : 30_000),
                $config->gateway->allowList(),
                $this->logger($config),
            );
            $this->manager = new GatewayManager($sender, array_map(strval(...), array_keys($config->servers)), $config->default);
            $this->madeFor = new \SensitiveParameterValue($madeFor);
        }

        return $this->manager;
    }

    /** The listener's side: a new one each time. */
    public function server(#[\SensitiveParameter] AmiConfig $config): Server
    {
        return new Server(
            new RedisBroker($this->redis($config, self::SERVER_TIMEOUT_SECONDS, 0.0), $config->gateway->prefix),
            $this->seal($config),
            $config->gateway->allowList(),
            $config->gateway->serverSettings(),
            $this->logger($config),
        );
    }

    private function redis(#[\SensitiveParameter] AmiConfig $config, float $timeoutSeconds, float $waitSeconds): LaravelRedis
    {
        $settings = $this->setting('database.redis');
        $settings = \is_array($settings) ? $settings : [];
        $name = $config->gateway->connection ?? 'default';
        if (!\is_array($settings[$name] ?? null) || \in_array($name, ['options', 'clusters', 'client'], true)) {
            throw new InvalidSettingException(AmiConfig::KEY . '.gateway.connection', $name, AmiConfig::KEY . ".gateway.connection: config/database.php has no connection \"$name\" in 'redis'");
        }

        return new LaravelRedis(($this->container)()->make(RedisConnector::class), $name, $timeoutSeconds, $waitSeconds);
    }

    private function seal(#[\SensitiveParameter] AmiConfig $config): Seal
    {
        $own = $config->gateway->key?->getValue();
        $key = \is_string($own) ? $own : $this->setting('app.key');
        if (!\is_string($key) || \strlen($key) < Seal::MIN_KEY_BYTES) {
            throw new InvalidSettingException(AmiConfig::KEY . '.gateway.key', null, AmiConfig::KEY . '.gateway.key is not set, and the application has no key of which it could be '
                . 'derived: set AMI_GATEWAY_KEY, or run `php artisan key:generate`');
        }

        // Not the application's key itself: who learns this one cannot read its cookies.
        return new Seal(hash_hmac('sha256', 'apn/ami-client gateway', $key));
    }

    private function logger(#[\SensitiveParameter] AmiConfig $config): LoggerInterface
    {
        $log = ($this->container)()->make(LoggerInterface::class);

        return $log instanceof LogManager ? $log->channel($config->logChannel) : $log;
    }

    private function setting(string $name): mixed
    {
        return ($this->container)()->make(Repository::class)->get($name);
    }
}
