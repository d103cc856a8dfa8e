<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Gateway;

use Apn\AmiClient\Gateway\Server;
use Apn\AmiClient\Laravel\Config\AmiConfig;

/**
 * What `ami:listen` runs for the gateway: its server where it is turned on, else nothing.
 *
 * @implements \IteratorAggregate<int, Server>
 */
final readonly class GatewayService implements \IteratorAggregate
{
    public function __construct(private AmiConfig $config, private GatewayConnections $connections) {}

    public function getIterator(): \Traversable
    {
        if ($this->config->gateway->enabled) {
            yield $this->connections->server($this->config);
        }
    }
}
