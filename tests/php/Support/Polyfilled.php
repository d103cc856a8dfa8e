<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Support;

use Apn\AmiClient\InvalidConfigurationException;

/**
 * The polyfill in a namespace beside the extension's classes, so that one process can compare both.
 */
final class Polyfilled
{
    public const string REAL = 'Apn\AmiClient\\';

    public const string BESIDE = 'Apn\AmiClient\Polyfilled\\';

    private const string FOLDER = __DIR__ . '/../../../polyfill/';

    private static bool $registered = false;

    public static function register(): void
    {
        if (!self::$registered) {
            spl_autoload_register(self::load(...));
            self::$registered = true;
        }
    }

    /** @return list<string> the classes that the polyfill has, without their namespace */
    public static function names(): array
    {
        $files = glob(self::FOLDER . '*.php');

        return array_map(static fn(string $file): string => basename($file, '.php'), $files === false ? [] : $files);
    }

    /**
     * Does the same with the extension and with the polyfill.
     *
     * @param \Closure(\Closure(string, mixed...): object): mixed $do gets what makes an object of a class by its short name, or calls
     *     a static method (`AmiEvent::fromRaw`)
     *
     * @return array{mixed, mixed} what came of it, or was thrown, of the extension and of the polyfill
     */
    public static function both(\Closure $do): array
    {
        self::register();

        return [self::outcome($do, self::REAL), self::outcome($do, self::BESIDE)];
    }

    /** @param \Closure(\Closure(string, mixed...): object): mixed $do */
    private static function outcome(\Closure $do, string $namespace): mixed
    {
        $make = static function (string $what, mixed ...$arguments) use ($namespace): object {
            [$class, $method] = [...explode('::', $what), null];
            $class = $namespace . $class;
            $made = $method === null ? new $class(...$arguments) : new \ReflectionMethod($class, $method)->invoke(null, ...$arguments);

            return \is_object($made) ? $made : throw new \LogicException("$what made no object");
        };
        try {
            return $do($make);
        } catch (\Throwable $thrown) {
            $class = str_replace(self::BESIDE, self::REAL, $thrown::class);
            if (!is_a($class, InvalidConfigurationException::class, true)) {
                return ['thrown' => $class];
            }
            $said = [];
            foreach (['key', 'value', 'suggestion'] as $getter) {
                $said[$getter] = new \ReflectionMethod($thrown, $getter)->invoke($thrown);
            }

            return ['thrown' => $class, 'message' => $thrown->getMessage()] + self::plain($said);
        }
    }

    /**
     * @param array<string, mixed> $said
     *
     * @return array<string, mixed>
     */
    private static function plain(array $said): array
    {
        return array_map(static fn(mixed $one): mixed => \is_string($one) ? str_replace(self::BESIDE, self::REAL, $one) : $one, $said);
    }

    private static function load(string $class): void
    {
        if (!str_starts_with($class, self::BESIDE)) {
            return;
        }
        $file = self::FOLDER . str_replace('\\', '/', substr($class, \strlen(self::BESIDE))) . '.php';
        if (!is_file($file)) {
            return;
        }
        $code = str_replace('Apn\AmiClient', 'Apn\AmiClient\Polyfilled', (string) file_get_contents($file));
        $code = str_replace('Apn\AmiClient\Polyfilled\ExtensionMissingException', 'Apn\AmiClient\ExtensionMissingException', $code);
        eval(substr($code, \strlen('<?php')));
    }
}
