<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Stubs;

use Apn\AmiClient\Tests\Support\Described;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * The stubs say what the extension is: both are described by Reflection, and the descriptions compared.
 *
 * For that a stub is loaded in a namespace beside the real one. Private members are nobody's business and left out.
 */
final class StubsTest extends TestCase
{
    private const string REAL = 'Apn\\AmiClient\\';

    private const string STUBBED = 'Apn\\AmiClient\\Stubbed\\';

    private const string FOLDER = __DIR__ . '/../../../stubs/';

    public static function setUpBeforeClass(): void
    {
        spl_autoload_register(self::load(...));
    }

    public static function tearDownAfterClass(): void
    {
        spl_autoload_unregister(self::load(...));
    }

    public function test_every_class_has_a_stub_and_every_stub_a_class(): void
    {
        self::assertSame(self::names(), self::stubbed());
    }

    /** What `php --re` lists besides classes would have no stub. */
    public function test_the_extension_has_nothing_but_classes(): void
    {
        $extension = new \ReflectionExtension('apn_ami');
        self::assertSame([], $extension->getFunctions());
        self::assertSame([], $extension->getConstants());
        self::assertSame([], $extension->getINIEntries());
    }

    /** Nothing that `php --re` lists is missing from the stubs, whatever this test compares besides. */
    public function test_every_method_that_the_engine_lists_is_in_the_stubs(): void
    {
        $missing = [];
        foreach ((new \ReflectionExtension('apn_ami'))->getClasses() as $class) {
            $stub = Described::reflect(self::STUBBED . $class->getShortName());
            foreach ($class->getMethods() as $method) {
                if (!$stub->hasMethod($method->name)) {
                    $missing[] = "$class->name::$method->name";
                }
            }
            foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC | \ReflectionProperty::IS_PROTECTED) as $property) {
                if (!$stub->hasProperty($property->name)) {
                    $missing[] = "$class->name::\$$property->name";
                }
            }
        }
        self::assertSame([], $missing);
    }

    #[DataProvider('classes')]
    public function test_a_stub_says_what_the_class_is(string $name): void
    {
        self::assertSame(Described::of(self::REAL . $name), Described::of(self::STUBBED . $name));
    }

    #[DataProvider('classes')]
    public function test_a_stub_explains_everything_that_is_public(string $name): void
    {
        $class = Described::reflect(self::STUBBED . $name);
        self::assertNotFalse($class->getDocComment(), $name);
        foreach ([...$class->getReflectionConstants(), ...$class->getProperties(), ...$class->getMethods()] as $member) {
            if ($member->isPublic() && $member->getDeclaringClass()->isUserDefined() && !self::isMadeByPhp($member)) {
                self::assertNotFalse($member->getDocComment(), "$name: $member->name");
            }
        }
    }

    /** @return iterable<string, array{string}> */
    public static function classes(): iterable
    {
        foreach (array_intersect(self::names(), self::stubbed()) as $name) {
            yield $name => [$name];
        }
    }

    /** @return list<string> the extension's classes, without their namespace */
    private static function names(): array
    {
        $names = [];
        foreach ((new \ReflectionExtension('apn_ami'))->getClassNames() as $name) {
            $names[] = str_starts_with($name, self::REAL) ? substr($name, strlen(self::REAL)) : $name;
        }
        sort($names);

        return $names;
    }

    /** @return list<string> the classes that stubs are named after */
    private static function stubbed(): array
    {
        $files = glob(self::FOLDER . '*.php');
        $names = array_map(static fn(string $file): string => basename($file, '.php'), $files === false ? [] : $files);
        sort($names);

        return $names;
    }

    private static function load(string $class): void
    {
        $file = self::FOLDER . substr($class, strlen(self::STUBBED)) . '.php';
        if (!str_starts_with($class, self::STUBBED) || !is_file($file)) {
            return;
        }
        $code = str_replace('namespace Apn\\AmiClient;', 'namespace Apn\\AmiClient\\Stubbed;', (string) file_get_contents($file));
        eval(substr($code, strlen('<?php')));
    }

    private static function isMadeByPhp(\ReflectionProperty|\ReflectionMethod|\ReflectionClassConstant $member): bool
    {
        return $member->getDeclaringClass()->isEnum() && !$member instanceof \ReflectionClassConstant;
    }
}
